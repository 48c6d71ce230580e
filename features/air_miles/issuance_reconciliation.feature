Feature: Reconciliation of a Transaction Day
  What the partner sent and AIR MILES accepted equals what AIR MILES holds: credits, reversals and pending, offer by offer.

  @AM-ISS-57 @simulator
  Scenario: A day of sales, returns, events, repeats and failures agrees on both sides
    Given the collector "collecting", whose miles in the books are known
    And a Transaction Day on which nothing has been reported yet
    When the partner reports sales of 5 and 7 miles, a bonus of 11, and takes back 3 of the first
    And the partner reports events of 13 and 4 miles, and takes the second back
    And the partner reports a sale of 6 miles whose answer is lost, and sends it again
    And the partner reports a sale that is refused, and one of 9 miles that stays pending
    Then both sides agree on that day, offer by offer
    And the day's miles are those that the collector has more, but for 9 that are pending
    And once everything has settled both sides agree on that day

  @AM-ISS-57 @simulator
  Scenario: A day of baskets that AIR MILES calculated agrees on both sides
    Given the collector "issuing", whose miles in the books are known
    And a Transaction Day on which nothing has been reported yet
    When AIR MILES issues miles for 3 baskets, and one of them is returned
    Then both sides agree on the number of transactions of that day
