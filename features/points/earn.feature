Feature: Earn
  A partner asks for points for a customer by an earning rule. The answer only accepts; a result says what was credited.

  @PT-EARN-01
  Scenario: A sound request to earn is accepted, and its points are credited
    When the partner earns 10 points
    Then the request is accepted, and the points are credited

  @PT-EARN-01 @simulator
  Scenario: What is accepted is not yet credited
    Given the points of the user "counted" are known
    When the partner asks to earn 40 points for the user "counted"
    Then the request is accepted, and the user has no more points than before
    And with the result the user has 40 points more

  @PT-EARN-02
  Scenario: The success of a whole earning tells the points that were asked for
    When the partner earns 120 points
    Then the result tells that 120 points were credited

  @PT-EARN-03 @simulator
  Scenario: An earning beyond what is left of a cap is credited in part
    Given 50 points are left of the cap of the rule "earn, capped"
    When the partner asks to earn 100 points by the rule "earn, capped"
    Then the result tells that 50 points were credited
    And the user has 50 points more than before

  @PT-EARN-04
  Scenario: A rule whose cap is spent credits nothing
    When the partner asks to earn by the rule "earn, used up"
    Then the request is accepted, and fails because the earning limit is reached

  @PT-EARN-05
  Scenario: A rule that does not exist is refused at once
    When the partner asks to earn by a rule that does not exist
    Then the request is refused as invalid, and no result follows
    And the partner called once

  @PT-EARN-06
  Scenario: A rule that is not active is refused at once
    When the partner asks to earn by the rule "earn, inactive"
    Then the request is refused as invalid, and no result follows
    And the partner called once

  @PT-EARN-07
  Scenario Outline: Outside its period a rule is refused at once: <rule>
    When the partner asks to earn by the rule "<rule>"
    Then the request is refused as invalid, and no result follows

    Examples:
      | rule            |
      | earn, not begun |
      | earn, ended     |

  @PT-EARN-07 @simulator
  Scenario: A rule earns from the first to the last instant of its period
    Given a rule that begins in 60 seconds and ends 60 seconds later
    Then 1 second before its beginning the rule is closed
    And at its beginning the rule is open
    And at its end the rule is as configured
    And 1 second after its end the rule is closed

  @PT-EARN-08
  Scenario: A user who does not exist is refused at once
    When the partner asks to earn for the user "nobody"
    Then the request is refused as invalid, and no result follows
    And the partner called once

  @PT-EARN-09
  Scenario Outline: A request whose <field> is <fault> is refused at once
    When the partner asks to earn with a <field> that is <fault>
    Then the request is refused as invalid, and no result follows

    Examples:
      | field            | fault             |
      | user             | missing           |
      | user             | null              |
      | user             | empty             |
      | user             | of the wrong type |
      | rule             | missing           |
      | rule             | null              |
      | rule             | empty             |
      | rule             | of the wrong type |
      | amount           | missing           |
      | amount           | null              |
      | amount           | of the wrong type |
      | request id       | missing           |
      | request id       | null              |
      | request id       | empty             |
      | request id       | of the wrong type |
      | callback address | missing           |
      | callback address | null              |
      | callback address | empty             |
      | callback address | of the wrong type |

  @PT-EARN-10
  Scenario: A client that is not listed may not earn by a rule
    When the partner asks to earn by the rule "earn, of another client"
    Then the client is forbidden to use the rule, and no result follows

  @PT-EARN-11 @simulator
  Scenario: After an internal error a result may still come, and is what counts
    Given the points of the user "counted" are known
    And the next call fails with an internal error, though it was acted on
    When the partner asks to earn 40 points for the user "counted"
    Then the outcome is unknown, and the result tells that 40 points were credited
    And the user has 40 points more than before

  @PT-EARN-11 @simulator
  Scenario: After an internal error without a result the balance tells that nothing was credited
    Given the points of the user "counted" are known
    And the next call fails with an internal error, and was not acted on
    When the partner asks to earn 40 points for the user "counted"
    Then the outcome is unknown, and no result comes
    And the user has 0 points more than before

  @PT-EARN-12 @simulator
  Scenario: After an answer that got lost a result may still come, and is what counts
    Given the points of the user "counted" are known
    And the next answer gets lost, though the call was acted on
    When the partner asks to earn 40 points for the user "counted" and hears nothing
    Then the outcome is unknown, and the result tells that 40 points were credited
    And the user has 40 points more than before

  @PT-EARN-12 @simulator
  Scenario: After a call that got lost the balance tells that nothing was credited
    Given the points of the user "counted" are known
    And the next answer gets lost, and the call was not acted on
    When the partner asks to earn 40 points for the user "counted" and hears nothing
    Then the outcome is unknown, and no result comes
    And the user has 0 points more than before

  @PT-EARN-14
  Scenario: The least amount is credited exactly
    When the partner earns 1 point
    Then the result tells that 1 point was credited

  @PT-EARN-14
  Scenario Outline: An amount that is <amount> is refused at once
    When the partner asks to earn an amount that is <amount>
    Then the request is refused as invalid, and no result follows

    Examples:
      | amount    |
      | 0         |
      | below 0   |
      | in quotes |

  @PT-EARN-15
  Scenario: The rule decides the direction, and the result names it
    Given a user "redeeming" with at least 10 points
    When the partner makes the same request once by an earning and once by a redemption rule
    Then the results say that points were earned by the one and redeemed by the other

  @PT-EARN-16
  Scenario: Each result goes to the address that its own request named
    When the partner makes two requests that name different addresses
    Then each result has come to its own address

  @PT-EARN-18 @simulator
  Scenario: Fifty requests at once are each credited once
    Given the points of the user "counted" are known
    And results come in any order
    When the partner asks 50 times at once to earn, each time another amount
    Then each result tells the points of its own request
    And the user has the points of all fifty more than before
