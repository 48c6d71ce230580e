Feature: Miles that AIR MILES calculates
  The partner sends the lines of a basket; AIR MILES calculates, credits, and takes back what returned lines earned.

  @AM-ISS-10
  Scenario: CALCULATE is served
    When AIR MILES calculates a basket with lines worth 2 and 3 miles
    Then it is done

  @AM-ISS-10
  Scenario: CALCULATE moves nothing
    Given the collector "collecting", whose Summary is known
    When AIR MILES calculates a basket with lines worth 2 and 3 miles
    Then the collector has as many miles as before

  @AM-ISS-11
  Scenario: ISSUE needs no CALCULATE before it
    When AIR MILES issues miles for a basket with lines worth 70 and 50 miles that was never calculated
    Then it is done
    And it was the only call for that basket

  @AM-ISS-12
  Scenario: ISSUE of several lines credits the collector
    Given the collector "issuing", whose Summary is known
    When AIR MILES issues miles for a basket with lines worth 2 and 3 miles
    Then it is done
    And the collector has some miles more

  @AM-ISS-12 @simulator
  Scenario: ISSUE of several lines credits the basket once
    Given the collector "issuing", whose miles in the books are known
    When AIR MILES issues miles for a basket with lines worth 2 and 3 miles
    Then it is done
    And the collector has 5 miles more

  @AM-ISS-13 @simulator
  Scenario Outline: <call> is refused while another transaction of the collector is in flight
    Given the collector "busy", whose miles in the books are known
    And something that the collector bought for 4 miles
    And another transaction of that collector is in flight
    When the partner calls <call> for that collector
    Then it is refused because another transaction is in flight
    And the books hold nothing of it

    Examples:
      | call   |
      | ISSUE  |
      | RETURN |

  @AM-ISS-13 @simulator
  Scenario: A transaction in flight holds up no other collector
    Given the collector "busy", whose miles in the books are known
    And another transaction of that collector is in flight
    When AIR MILES issues miles to another collector
    Then it is done

  @AM-ISS-14 @simulator
  Scenario: The second transaction waits, and then succeeds under its own key
    Given the collector "busy", whose miles in the books are known
    And another transaction of that collector is in flight
    When AIR MILES issues miles for a basket with lines worth 2 and 3 miles
    And the other transaction has come to its end
    And the same is sent again
    Then the repeat is done
    And the books hold it once

  @AM-ISS-15
  Scenario: RETURN of a part is done
    When AIR MILES issues miles for lines worth 3 and 4 miles, and the first line is returned
    Then both are done

  @AM-ISS-15
  Scenario: RETURN of a part leaves the rest
    Given the collector "returning", whose Summary is known
    And a basket with lines worth 3, 4 and 5 miles that was issued
    When the line worth 4 miles is returned
    Then it is done
    And the collector has kept a part of what the basket earned

  @AM-ISS-15 @simulator
  Scenario: RETURN of a part takes back what that part earned
    Given the collector "returning", whose miles in the books are known
    And a basket with lines worth 3, 4 and 5 miles that was issued
    When the line worth 4 miles is returned
    Then the collector has 4 miles fewer than after the sale

  @AM-ISS-16
  Scenario: RETURN of a whole basket is done
    When AIR MILES issues miles for lines worth 3 and 4 miles, and the whole basket is returned
    Then both are done

  @AM-ISS-16
  Scenario: RETURN of a whole basket leaves nothing of it
    Given the collector "returning", whose Summary is known
    And a basket with a line worth 7 miles that was issued
    When the whole basket is returned
    Then it is done
    And the collector has as many miles as before
