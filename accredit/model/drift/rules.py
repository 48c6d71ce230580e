"""Every way in which a published document can differ from our contract: whom it breaks, in words, and what to do about it.

Direction decides. What a partner sends breaks when less is accepted than before; what a partner reads breaks when more may come,
or when something it reads is gone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["breaking", "compatible", "improved"]
Direction = Literal["request", "answer"]

_LOOK = "Nothing; use it when you like."
_NARROWER = "Check everything that you send there, and keep to what they publish."
_WIDER = "Make sure that your code takes what may come now."


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to differ.

    Attributes:
        code: Its name for ever: ids of differences are made from it.
        says: What is so now, as a sentence.
        todo: What the partner has to do.
    """

    code: str
    kind: Kind
    says: str
    todo: str


_ALL = (
    Rule("operation-gone", "breaking", "Their document no longer has this operation.",
         "Ask the provider what takes its place, and until when it works."),
    Rule("operation-new", "compatible", "Their document has an operation that our contract has not.", "Nothing, unless you want to use it."),
    Rule("operation-deprecated", "compatible", "They call this operation deprecated.",
         "Ask the provider what takes its place, and until when it works."),
    Rule("access-changed", "breaking", "A call shows who it comes from in another way.", "Ask the provider for what it takes now, and send that."),
    Rule("access-unstated", "compatible", "Their document does not say how a call shows who it comes from.", "Go on as before."),
    Rule("scope-new", "breaking", "A scope is asked for that was not.", "Ask the provider for the scope, and for it with the token."),
    Rule("parameter-required", "breaking", "A parameter must be sent that need not be.", "Send it with every call."),
    Rule("parameter-optional", "compatible", "A parameter that we must send need not be sent.", "Nothing; go on sending it."),
    Rule("parameter-new", "compatible", "There is another parameter that may be sent.", _LOOK),
    Rule("query-gone", "breaking", "Their document no longer has this parameter, so it may have no effect.",
         "Find out what a call does without it, and stop relying on it."),
    Rule("header-gone", "compatible", "Their document does not list this header.", "Nothing; go on sending it until they say otherwise."),
    Rule("parameter-written-otherwise", "breaking", "Several values in one parameter are written otherwise.", "Write them as they publish."),
    Rule("default-changed", "breaking", "Leaving it out means something else.", "Send the value that you mean."),
    Rule("body-required", "breaking", "A body must be sent that need not be.", "Send it with every call."),
    Rule("body-optional", "compatible", "The body that we must send need not be sent.", "Nothing; go on sending it."),
    Rule("body-gone", "breaking", "The operation takes no body any more.", "Ask where its content belongs now."),
    Rule("body-new", "compatible", "A body may be sent.", _LOOK),
    Rule("request-content-gone", "breaking", "This content type is not accepted any more.", "Send one of those that they publish."),
    Rule("request-content-new", "compatible", "Another content type is accepted as well.", _LOOK),
    Rule("success-gone", "breaking", "This answer of success does not come any more.", "Take the one that comes in its place."),
    Rule("status-gone", "compatible", "They do not list this answer.", "Nothing; keep handling it."),
    Rule("status-new", "breaking", "An answer may come that did not.", "Decide what your code does on it."),
    Rule("answer-content-gone", "breaking", "This content type does not come any more.", "Read the one that they publish."),
    Rule("answer-content-new", "compatible", "They describe a content type of this answer that our contract has not.", _LOOK),
    Rule("answer-header-gone", "breaking", "A header of the answer is gone.", "Stop relying on it."),
    Rule("answer-header-optional", "breaking", "A header that always came may be missing.", "Take an answer without it."),
    Rule("answer-header-new", "compatible", "There is another header on the answer.", _LOOK),
    Rule("callback-gone", "breaking", "Their document no longer has this callback.", "Ask how the result comes to you now."),
    # What the partner sends.
    Rule("request-type-narrowed", "breaking", "Another type is expected, or fewer types are.", _NARROWER),
    Rule("request-type-widened", "compatible", "More types are accepted.", _LOOK),
    Rule("request-enum-narrowed", "breaking", "Values are not accepted any more.", "Send none of the values that are gone."),
    Rule("request-enum-widened", "compatible", "More values are accepted.", _LOOK),
    Rule("request-limit-narrowed", "breaking", "A limit is narrower.", _NARROWER),
    Rule("request-limit-widened", "compatible", "A limit is wider, or not stated.", _LOOK),
    Rule("request-pattern-narrowed", "breaking", "A pattern is asked for that we don't know.", _NARROWER),
    Rule("request-pattern-widened", "compatible", "No pattern is asked for any more.", _LOOK),
    Rule("request-format-narrowed", "breaking", "Another format is asked for.", _NARROWER),
    Rule("request-format-widened", "compatible", "The format is wider, or not stated.", _LOOK),
    Rule("request-field-required", "breaking", "A field must be sent that need not be.", "Send it in every call."),
    Rule("request-field-optional", "compatible", "A field that we must send need not be sent.", "Nothing; go on sending it."),
    Rule("request-field-new", "compatible", "There is another field that may be sent.", _LOOK),
    Rule("request-field-refused", "breaking", "A field is not accepted any more.", "Don't send it."),
    Rule("request-field-unread", "breaking", "Their document no longer has this field, which we must send, so it may go unread.",
         "Ask the provider where its content belongs now."),
    Rule("request-field-gone", "compatible", "Their document no longer has this field, which may be sent and may go unread.",
         "Don't rely on it being read."),
    Rule("request-closed", "breaking", "Fields beyond those listed are refused.", "Send no other field than those they list."),
    Rule("request-opened", "compatible", "Fields beyond those listed are let through.", _LOOK),
    Rule("request-choice-gone", "breaking", "One of the shapes of this is not accepted any more.", "Send one of those that they publish."),
    Rule("request-choice-new", "compatible", "Another shape of this is accepted as well.", _LOOK),
    Rule("request-incomparable", "breaking", "It is said with words of JSON Schema that cannot be compared, and they differ.",
         "Read both, and accept the difference if it is none."),
    # What the partner reads.
    Rule("answer-type-widened", "breaking", "It may be of another type.", _WIDER),
    Rule("answer-null-new", "breaking", "It may be null.", "Make sure that your code takes null there."),
    Rule("answer-type-narrowed", "compatible", "It is of fewer types.", _LOOK),
    Rule("answer-enum-widened", "breaking", "Values may come that did not.", "Decide what your code does on the new ones."),
    Rule("answer-enum-narrowed", "compatible", "Fewer values come.", _LOOK),
    Rule("answer-limit-widened", "breaking", "A limit is wider, or not stated.", _WIDER),
    Rule("answer-limit-narrowed", "compatible", "A limit is narrower.", _LOOK),
    Rule("answer-pattern-widened", "breaking", "It no longer keeps to the pattern we know.", _WIDER),
    Rule("answer-pattern-narrowed", "compatible", "It keeps to a pattern.", _LOOK),
    Rule("answer-format-widened", "breaking", "It may be of another format.", _WIDER),
    Rule("answer-format-narrowed", "compatible", "It keeps to a format.", _LOOK),
    Rule("answer-field-gone", "breaking", "A field of the answer is gone.", "Stop reading it, or ask where it is now."),
    Rule("answer-field-optional", "breaking", "A field that always came may be missing.", "Take an answer without it."),
    Rule("answer-field-always", "compatible", "A field that may be missing always comes.", _LOOK),
    Rule("answer-field-new", "compatible", "There is another field in the answer.", _LOOK),
    Rule("answer-field-unexpected", "breaking", "There is a field where our contract allows no other.", "Make sure that your code takes it."),
    Rule("answer-opened", "breaking", "Fields beyond those listed may come.", "Make sure that your code takes them."),
    Rule("answer-closed", "compatible", "No fields beyond those listed come.", _LOOK),
    Rule("answer-choice-new", "breaking", "It may come in another shape.", "Decide what your code does on it."),
    Rule("answer-choice-gone", "compatible", "One of the shapes of this does not come any more.", _LOOK),
    Rule("answer-incomparable", "breaking", "It is said with words of JSON Schema that cannot be compared, and they differ.",
         "Read both, and accept the difference if it is none."),
    Rule("now-published", "improved", "Our contract had inferred this; now it is published, and agrees.",
         "Nothing. The contract may call it public, with their document as its source."),
)  # fmt: skip

RULES: Mapping[str, Rule] = {rule.code: rule for rule in _ALL}
