Feature: Redeem
  A partner asks to take a customer's points by a redemption rule. Nothing is paid for before the result says so.

  @PT-BURN-01
  Scenario: The success of a whole redemption tells the points that were asked for
    Given a user "redeeming" with at least 40 points
    When the partner redeems 40 points
    Then the result tells that 40 points were redeemed

  @PT-BURN-02 @simulator
  Scenario: Where a small balance shows at once, the redemption is refused
    Given small balances show at once
    When the partner asks to redeem 40 points for the user "without points"
    Then the request is refused as invalid, and no result follows

  @PT-BURN-03
  Scenario: Where a small balance shows later, the accepted redemption fails
    Given small balances show in the result
    When the partner asks to redeem 40 points for the user "without points"
    Then the request is accepted, and fails because the balance is too small

  @PT-BURN-04 @simulator
  Scenario: A redemption beyond what is left of a cap takes what was left
    Given 45 points are left of the cap of the rule "redeem, capped"
    When the partner asks to redeem 100 points by the rule "redeem, capped"
    Then the result is a success of 45 points
    And the user has 45 points fewer than before

  @PT-BURN-05
  Scenario: A rule whose cap is spent takes nothing
    Given a user "redeeming" with at least 10 points
    When the partner asks to redeem by the rule "redeem, used up"
    Then the request is accepted, and fails because the redemption limit is reached

  @PT-BURN-07 @simulator
  Scenario: When no result comes the balance tells that points were taken
    Given the points of the user "counted" are known
    And the next result will never come
    When the partner asks to redeem 33 points for the user "counted"
    Then the request is accepted, and no result comes
    And the user has 33 points fewer than before

  @PT-BURN-09 @simulator
  Scenario Outline: After an unexpected error the balance tells what became of the points: <points>
    Given the points of the user "counted" are known
    And the next request ends unexpectedly, its points <points>
    When the partner asks to redeem 33 points for the user "counted"
    Then the request is accepted, and fails because of an unexpected error
    And the user has <fewer> points fewer than before

    Examples:
      | points    | fewer |
      | taken     | 33    |
      | not taken | 0     |

  @PT-BURN-11
  Scenario: A redemption rule that does not exist is refused at once
    When the partner asks to redeem by a rule that does not exist
    Then the request is refused as invalid, and no result follows

  @PT-BURN-11
  Scenario Outline: A redemption rule that is closed is refused at once: <rule>
    Given a user "redeeming" with at least 10 points
    When the partner asks to redeem by the rule "<rule>"
    Then the request is refused as invalid, and no result follows

    Examples:
      | rule              |
      | redeem, inactive  |
      | redeem, not begun |
      | redeem, ended     |

  @PT-BURN-11
  Scenario: A client that is not listed may not redeem by a rule
    Given a user "redeeming" with at least 10 points
    When the partner asks to redeem by the rule "redeem, of another client"
    Then the client is forbidden to use the rule, and no result follows

  @PT-BURN-12 @simulator
  Scenario: The whole balance can be redeemed
    Given the user "counted" has 70 points
    When the partner asks to redeem 70 points for the user "counted"
    Then the result is a success of 70 points
    And the user has no points left

  @PT-BURN-12 @simulator
  Scenario: Not a point more than the balance can be redeemed
    Given the user "counted" has 70 points
    And small balances show in the result
    When the partner asks to redeem 71 points for the user "counted"
    Then the request is accepted, and fails because the balance is too small
