"""Every way identity and Collector Service can be wrong on purpose. Which requirement each must turn red stands in the register.

Each is as narrow as the rule it breaks, so that scenarios of other rules can still pass.
"""

from collections.abc import Mapping

DEFECTS: Mapping[str, str] = {
    # identity
    "grants_to_a_wrong_secret": "An application is granted a token of its own whatever the secret it shows.",
    "native_application_gets_a_machine_token": "An application that holds no secret is granted a token of its own.",
    "native_code_needs_no_verifier": "The code of a native application buys a token without the verifier.",
    "any_verifier_is_accepted": "The code of a native application buys a token with any verifier.",
    "web_code_needs_no_secret": "The code of a web application buys a token whatever the secret.",
    "authorizes_over_any_connection": "An authorization request is served whatever connection it names, and if it names none.",
    "authorizes_without_audience": "An authorization request is served without an audience.",
    "redirects_to_any_address": "A code is sent to an address that nobody registered.",
    "loses_the_state": "The state does not come back with the code.",
    "code_is_good_twice": "A code that has bought a token buys another.",
    "code_never_ends": "A code buys a token long after its short life.",
    "offline_access_is_ignored": "No refresh token is granted to who asked for offline_access.",
    "refreshes_unasked": "A refresh token is granted to who did not ask for offline_access.",
    "refresh_loses_the_scopes": "A refreshed token has none of the scopes of the one before it.",
    "revoked_refresh_token_works": "A refresh token that was revoked buys a new access token.",
    "refresh_token_never_ends": "A refresh token buys a new access token beyond its lifetime.",
    # the look at a business call's token
    "token_not_required": "A business call is served without any token.",
    "accepts_altered_tokens": "The signature of a token is not looked at.",
    "token_outlives_its_end": "A token that has ended is accepted.",
    "ended_token_tells_whose_it_was": "The refusal of a token that has ended names the collector.",
    "ignores_the_audience": "A token for another API is accepted.",
    "test_token_opens_production": "A token of certification is accepted in production.",
    "summary_needs_no_scope": "Summary is shown to a token without its scope.",
    "profile_needs_no_scope": "Profile is shown to a token without its scope.",
    "enrollment_needs_no_scope": "A token without the scope of Enrollment enrols.",
    # Enrollment
    "full_enrollment_is_refused": "An enrolment with every field that is published is refused.",
    "full_enrollment_opens_no_account": "An enrolment with every field that is published succeeds and opens no account.",
    "enrols_without_birth_date": "An enrolment without date of birth is accepted.",
    "enrols_without_email": "An enrolment without e-mail address is accepted.",
    "refused_enrollment_opens_account": "An enrolment refused for a missing field opens an account all the same.",
    "takes_any_date_format": "A date of birth is accepted however it is written.",
    "takes_impossible_dates": "A date of birth that no calendar has is accepted.",
    "takes_dates_to_come": "A date of birth in the future is accepted.",
    "takes_any_email": "Any text is accepted as e-mail address.",
    "loses_the_second_phone": "Of several phone numbers only the first is kept.",
    "strips_accents": "Names lose their accents.",
    "cuts_long_names": "Names lose what is beyond their thirtieth character.",
    "double_submission_opens_two": "An enrolment sent again within the minute opens a second account.",
    "lost_enrollment_is_forgotten": "An enrolment whose answer was lost is not recognised when it is sent again.",
    "existing_member_is_enrolled_anew": "Somebody who has long been a member gets a second account.",
    "existing_member_reads_as_new": "Somebody who has long been a member is answered as if an account had been opened.",
    "new_number_fails_its_check": "The number of a new collector has a wrong check digit.",
    "new_members_miles_do_not_show": "The Summary of a new collector stays without miles.",
    # Summary and Profile
    "summary_shows_a_neighbour": "One member's Summary shows somebody else: one entry of a cache gone wrong.",
    "profile_shows_a_neighbour": "One member's Profile shows somebody else: one entry of a cache gone wrong.",
    "summary_lags": "One member's Summary keeps the balance it showed first: one entry of a cache gone stale.",
    "header_overrides_the_member": "With a member token, the header Collector-Number decides whose data is shown.",
    "machine_token_opens_any_summary": "A machine token opens the Summary of whom the header names, agreed or not.",
}
