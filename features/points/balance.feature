Feature: Balance
  A customer's points can be read. It shows what was booked, and never takes the place of a result.

  @PT-BAL-01
  Scenario: A user's balance is a figure
    When the partner reads the balance of the user "earning"
    Then a figure is shown

  @PT-BAL-02
  Scenario: A user whose id has to be encoded is found
    When the partner reads the balance of the user "with an id to be encoded"
    Then that user is found

  @PT-BAL-03
  Scenario: After an earning the balance is higher by the points told
    Given the points of the user "counted" are known
    When the partner asks to earn 150 points for the user "counted"
    Then the balance is higher by what the result tells

  @PT-BAL-04
  Scenario: After a redemption the balance is lower by the points told
    Given a user "counted" with at least 160 points
    And the points of the user "counted" are known
    When the partner asks to redeem 160 points for the user "counted"
    Then the balance is lower by what the result tells

  @PT-BAL-05
  Scenario: A failure leaves the balance as it was
    Given the points of the user "counted" are known
    And a request for the user "counted" has failed
    Then the user has 0 points more than before

  @PT-BAL-05
  Scenario: A refusal leaves the balance as it was
    Given the points of the user "counted" are known
    And a request for the user "counted" has been refused
    Then the user has 0 points more than before

  @PT-BAL-06
  Scenario: The balance of a user who does not exist is answered as configured
    When the partner reads the balance of the user "nobody"
    Then it is answered as the balance of nobody

  @PT-BAL-07
  Scenario: A balance refused for its token is read once more with a new one
    Given the partner's token has become worthless without the partner knowing
    When the partner reads the balance of the user "earning"
    Then the read was refused once, and answered after one renewal

  @PT-BAL-07
  Scenario: A balance is shown to nobody without a token
    When the partner reads a balance without a token
    Then the call is refused as one without a good token

  @PT-BAL-08
  Scenario: Another organisation's balances are refused
    When the partner reads the balance of the user "of another organisation"
    Then it is refused as another organisation's

  @PT-BAL-10 @simulator
  Scenario: A balance that lags behind a result is read again until it has caught up
    Given balances lag 3 seconds behind
    And the points of the user "counted" are known
    When the partner asks to earn 40 points for the user "counted"
    Then the first read after the result still shows the points of before
    And the user has 40 points more than before
