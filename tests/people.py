"""People of a partner, each with a key of their own, and the `accredit.toml` that names them."""

from dataclasses import dataclass
from pathlib import Path

from accredit.evidence.keys import load_private, make_key
from accredit.model.keys import PrivateKey, key_id
from accredit.suite.catalogue import PARTNER_FILE


@dataclass(frozen=True)
class Office:
    """A partner's folder. `table` → private key of everybody."""

    folder: Path
    keys: dict[str, PrivateKey]

    @property
    def partner_file(self) -> Path:
        return self.folder / PARTNER_FILE

    def key_file(self, table: str) -> Path:
        return self.folder / f"{table}.key"


def office(folder: Path, roles: dict[str, tuple[str, ...]], more: str = "") -> Office:
    """Everybody is called as their table is, in capitals: `ada` is Ada.

    Args:
        roles: Table → roles.
        more: What else `accredit.toml` says.
    """
    told, keys = [more], {}
    for table, theirs in roles.items():
        make_key(folder / f"{table}.key")
        keys[table] = load_private(folder / f"{table}.key")
        told.append(
            f'[people.{table}]\nname = "{table.title()}"\nroles = {list(theirs)}\nkey = "{key_id(keys[table].public_key())}"\n'
        )
    (folder / PARTNER_FILE).write_text("\n".join(told))
    return Office(folder, keys)


def limit(here: Office, attests: str, table: str = "ada") -> None:
    """Limits what somebody's word counts on: a list, as TOML has it."""
    text = here.partner_file.read_text()
    here.partner_file.write_text(text.replace(f"[people.{table}]\n", f"[people.{table}]\nattests = {attests}\n"))
