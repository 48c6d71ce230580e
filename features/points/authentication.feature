Feature: Authentication
  A partner's client asks for a token with its id and secret, and shows it as a bearer on every call.

  @PT-AUTH-01
  Scenario: The client's id and secret are granted a bearer token
    When the partner asks for a token
    Then a bearer token is granted, and says how long it lives

  @PT-AUTH-02
  Scenario: Without a token no points are moved
    When the partner asks to earn without a token
    Then the call is refused as one without a good token

  @PT-AUTH-02
  Scenario: Without a token no balance is shown
    When the partner reads a balance without a token
    Then the call is refused as one without a good token

  @PT-AUTH-02
  Scenario: With its token the partner earns and reads a balance
    When the partner earns 10 points
    Then the request is accepted, and the points are credited
    And a balance can be read with the same token

  @PT-AUTH-03
  Scenario: One token serves many calls
    Given the partner has just been granted a token
    When the partner reads a balance 10 times
    Then every balance was shown
    And no further token was asked for

  @PT-AUTH-04
  Scenario: A token refused in mid-flight is renewed once and the call repeated once
    Given the partner's token has become worthless without the partner knowing
    When the partner earns 10 points
    Then the call was refused once, and accepted after one renewal

  @PT-AUTH-04 @simulator
  Scenario: A token is worthless once its life is over
    Given the partner has just been granted a token
    When the token's life is over
    Then that token is no longer accepted
    And the next call is made with a new token

  @PT-AUTH-04 @simulator
  Scenario: A token is good until shortly before its end
    Given the partner has just been granted a token
    When the token's life is all but over
    Then that token is still accepted

  @PT-AUTH-05
  Scenario: A wrong secret is granted nothing
    When the partner asks for a token with a wrong secret
    Then no token is granted, and the error says that the client is not who it claims to be
    And the partner asked once

  @PT-AUTH-05 @simulator
  Scenario Outline: A wrong secret is recognised in the server's <generation> form
    Given the server refuses tokens in its <generation> form
    When the partner asks for a token with a wrong secret
    Then no token is granted, and the error says that the client is not who it claims to be
    And the partner asked once

    Examples:
      | generation |
      | newer      |
      | older      |

  @PT-AUTH-06
  Scenario: A client that does not exist is granted nothing
    When the partner asks for a token with an unknown client id
    Then no token is granted, and the error says that the client is not who it claims to be
    And the partner asked once

  @PT-AUTH-06 @simulator
  Scenario Outline: A disabled client is recognised in the server's <generation> form
    Given the server refuses tokens in its <generation> form
    And the partner's client has been disabled
    When the partner asks for a token
    Then no token is granted, and the error says that the client is not who it claims to be
    And the partner asked once

    Examples:
      | generation |
      | newer      |
      | older      |

  @PT-AUTH-07 @simulator
  Scenario: A refresh token on offer is not needed
    Given tokens come with a refresh token and with members nobody knows
    And the partner has just been granted a token
    When the token's life is over
    Then the next call is made with a new token
    And that token was asked for by the same grant as the first

  @PT-AUTH-09
  Scenario: A client that is not listed for the rule is forbidden, and does not try again
    When the partner asks to earn by the rule "earn, of another client"
    Then the client is forbidden to use the rule, and no result follows
    And the partner called once

  @PT-AUTH-09 @simulator
  Scenario: A client that lacks the scope is denied, and does not try again
    Given the partner's client has lost its scope
    When the partner asks to earn with a token that it has just been granted
    Then access is denied for want of the scope, and no result follows
    And the partner called once
