Feature: Access to Collector Service
  A token opens what it was granted for, to the one it was granted for, and a refusal shows nothing of anybody.

  @AM-COL-11 @simulator
  Scenario Outline: A token without the scope of <view> does not open it
    Given the application holds a token without the scope of "<view>"
    When the application asks for "<view>" with that token
    Then the call is refused as one without the scope
    And nothing of the member is shown

    Examples:
      | view    |
      | Summary |
      | Profile |

  @AM-COL-11
  Scenario: A token without the scope of Enrollment enrols nobody
    Given the back-end service holds a token without the scope of Enrollment
    When the partner enrols a person with that token
    Then the call is refused as one without the scope

  @AM-COL-12
  Scenario Outline: An enrolment with <token> is refused
    When the partner enrols a person with "<token>"
    Then the call is refused as one without a good token

    Examples:
      | token                    |
      | no token                 |
      | something that is none   |

  @AM-COL-12 @simulator
  Scenario Outline: A member's account stays closed to <token>
    Given the application holds "<token>"
    When the application asks for the member's account with it
    Then the call is refused as one without a good token
    And nothing of the member is shown

    Examples:
      | token                                |
      | no token                             |
      | something that is none               |
      | a token signed by somebody else      |
      | a token whose member was exchanged   |
      | a token that has ended               |
      | an ID token                          |

  @AM-COL-12 @simulator
  Scenario Outline: A grant that comes <how> opens nothing
    Given the identity provider's next grant comes "<how>"
    When a member logs in and the application uses whatever it was granted
    Then the call is refused as one without a good token
    And nothing of the member is shown

    Examples:
      | how             |
      | without a token |
      | already ended   |

  @AM-COL-27 @simulator
  Scenario: A header does not choose whose account a member token opens
    Given the member "existing" has logged in
    When the application asks for the Summary, naming "another member" in a header
    Then nothing of "another member" is shown
    And the answer is the member's own Summary, or a refusal where the header is in use

  @AM-COL-27 @simulator
  Scenario: A machine token names a collector only where that was agreed
    Given the back-end service holds a token of its own
    When the back-end service asks for the Summary of "another member"
    Then the Summary of "another member" is shown where that was agreed, and refused where not

  @AM-COL-29 @simulator
  Scenario: A member's token of certification opens nothing in production
    Given the member "existing" has logged in
    When the application shows that token in production
    Then the call is refused as one without a good token
    And nothing of the member is shown

  @AM-COL-29 @simulator
  Scenario: A machine token of certification enrols nobody in production
    Given the back-end service holds a token of its own
    And somebody who is no collector yet
    When the back-end service enrols that person in production with that token
    Then the call is refused as one without a good token
    And no account was opened for that person
