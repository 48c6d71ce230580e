Feature: Authentication
  A partner's APP asks for a token with its own credentials and shows it on every business call.

  @LP-AUTH-01
  Scenario: The APP's credentials are granted a token that opens the business calls
    When the partner asks for a token
    Then a token is granted
    And the token opens a member search

  @LP-AUTH-01
  Scenario: Nobody is granted a token without showing credentials
    When the partner asks for a token without showing credentials
    Then no token is granted

  @LP-AUTH-04
  Scenario: A wrong client id is named as such
    When the partner asks for a token with a wrong client id
    Then the token is refused because "Invalid client_id in Authorization header"
    And the partner asked once

  @LP-AUTH-05
  Scenario: A wrong secret is named as such
    When the partner asks for a token with a wrong secret
    Then the token is refused because "Invalid secret in Authorization header"
    And the partner asked once

  @LP-AUTH-06
  Scenario Outline: A grant other than client credentials is refused
    When the partner asks for a token with <grant>
    Then the token is refused because "Invalid grant_type format"
    And the partner asked once

    Examples:
      | grant           |
      | another grant   |
      | no grant at all |

  @LP-AUTH-07
  Scenario: One token serves many calls
    Given the partner has just been granted a token
    When the partner searches for a member 10 times
    Then every search was answered
    And no further token was asked for

  @LP-AUTH-08 @simulator
  Scenario: A token is good until shortly before its hour is over
    Given the partner has just been granted a token
    When 59 minutes have gone by
    Then that token is still accepted

  @LP-AUTH-08 @simulator
  Scenario: A token is worthless once its hour is over
    Given the partner has just been granted a token
    When 61 minutes have gone by
    Then that token is no longer accepted
    And the next call is made with a new token

  @LP-AUTH-09
  Scenario: A token refused in mid-flight is renewed once and the call repeated once
    Given the partner's token has become worthless without the partner knowing
    When the partner searches for a member
    Then the search was refused once, and answered after one renewal

  @LP-AUTH-10 @simulator
  Scenario: A denial by the firewall is told from an answer of the API
    Given the firewall is about to deny a member search
    When the partner searches for a member, whatever may answer
    Then the denial is recognised, with the reference that support needs
    And the search was sent once

  @LP-AUTH-11
  Scenario: A call without client id is refused
    When the partner searches for a member without its client id
    Then the call is refused as one of an unknown APP

  @LP-AUTH-12
  Scenario: A call without token is refused
    When the partner searches for a member without a token
    Then the call is refused as one without a token

  @LP-AUTH-12
  Scenario: A token shown only as a bearer is not accepted
    When the partner searches for a member, its token shown only as a bearer
    Then the call is refused as one without a token
