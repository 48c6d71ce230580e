Feature: Log-in
  A member logs in with AIR MILES; the partner's application turns the code it gets into a token and acts for the member.

  @AM-COL-01 @simulator
  Scenario: The code of a web application buys a token with the secret
    Given a member has logged in through the partner's web application
    When the application turns its code into a token
    Then the token opens the member's account

  @AM-COL-01 @simulator
  Scenario: The code of a web application buys nothing without the right secret
    Given a member has logged in through the partner's web application
    When the application turns its code into a token with a wrong secret
    Then the application is refused as an unknown client

  @AM-COL-01 @simulator
  Scenario: The code of a native application buys a token with the verifier, and no secret
    Given a member has logged in through the partner's native application
    When the application turns its code into a token
    Then the token opens the member's account

  @AM-COL-01 @simulator
  Scenario: The code of a native application buys nothing without the verifier
    Given a member has logged in through the partner's native application
    When the application turns its code into a token without the verifier
    Then what it showed is refused as no good grant

  @AM-COL-01
  Scenario: A back-end service is granted a token of its own
    When the back-end service asks for a token of its own
    Then it is granted a token without a refresh token

  @AM-COL-01
  Scenario: A back-end service is granted nothing for a wrong secret
    When the back-end service asks for a token of its own with a wrong secret
    Then the application is refused as an unknown client

  @AM-COL-01 @simulator
  Scenario: A native application is granted no token of its own
    When the native application asks for a token of its own
    Then the application is refused as an unknown client

  @AM-COL-02 @simulator
  Scenario: A whole authorization request brings the member back with a code
    When a member logs in through the partner's application
    Then the member comes back with a code

  @AM-COL-02 @simulator
  Scenario Outline: An authorization request without its <field> brings no code
    When a member logs in, the request lacking its "<field>"
    Then no code is handed out

    Examples:
      | field         |
      | client_id     |
      | response_type |
      | connection    |
      | redirect_uri  |
      | scope         |
      | audience      |

  @AM-COL-02 @simulator
  Scenario: An authorization request over another connection brings no code
    When a member logs in over another connection
    Then no code is handed out

  @AM-COL-03 @simulator
  Scenario: A member comes back to the registered address
    When a member logs in through the partner's application
    Then the member comes back with a code

  @AM-COL-03 @simulator
  Scenario: No code is sent to an address that nobody registered
    When a member logs in, to be sent back to an address that nobody registered
    Then no code is handed out

  @AM-COL-04 @simulator
  Scenario: The state comes back with the code
    When a member logs in through the partner's application
    Then the state comes back as it was sent

  @AM-COL-04 @simulator
  Scenario: A code is worthless with the verifier of another log-in
    Given a member has logged in through the partner's native application
    When the application turns its code into a token with the verifier of another log-in
    Then what it showed is refused as no good grant

  @AM-COL-06 @simulator
  Scenario: A used code buys no second token
    Given a member has logged in through the partner's application
    And the application has turned its code into a token
    When the application turns its code into a token
    Then what it showed is refused as no good grant
    And the member can log in anew

  @AM-COL-06 @simulator
  Scenario: An old code buys no token
    Given a member has logged in through the partner's application
    And the life of a code has gone by
    When the application turns its code into a token
    Then what it showed is refused as no good grant
    And the member can log in anew

  @AM-COL-08 @simulator
  Scenario: Who asked for offline access gets a refresh token
    Given a member has logged in for offline access
    When the application turns its code into a token
    Then it is granted a token with a refresh token

  @AM-COL-08 @simulator
  Scenario: A refresh token renews the access
    Given the application holds a refresh token
    When the application refreshes its token
    Then the token opens the member's account

  @AM-COL-08 @simulator
  Scenario: Who did not ask for offline access gets no refresh token
    Given a member has logged in through the partner's application
    When the application turns its code into a token
    Then it is granted a token without a refresh token

  @AM-COL-08 @simulator
  Scenario: A refresh token that was used is worth what was agreed
    Given the application holds a refresh token
    And the application has refreshed its token
    When the application refreshes its token
    Then it is refused where refresh tokens rotate, and renewed where they do not

  @AM-COL-09 @simulator
  Scenario: A revoked refresh token is refused
    Given the application holds a refresh token
    And the member's refresh tokens have been revoked
    When the application refreshes its token
    Then what it showed is refused as no good grant
    And the member can log in anew

  @AM-COL-09 @simulator
  Scenario: A refresh token beyond its life is refused
    Given the application holds a refresh token
    And the life of a refresh token has gone by
    When the application refreshes its token
    Then what it showed is refused as no good grant
    And the member can log in anew
