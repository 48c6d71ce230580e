Feature: Promotion
  Production is asked for once staging has passed: first reads, then the smallest real points, and back.

  @PT-PROMO-06
  Scenario: A token is granted and a named test member's balance is read
    When the partner asks for a token
    Then a bearer token is granted, and says how long it lives
    And with that token the balance of the user "earning" is a figure

  @PT-PROMO-07
  Scenario: The smallest earning, redeemed again, leaves the balance where it began
    Given the points of the user "counted" are known
    When the partner earns 1 point for the user "counted" and redeems as many as were credited
    Then both were successes
    And the user has 0 points more than before
