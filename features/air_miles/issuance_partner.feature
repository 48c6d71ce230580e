Feature: Miles that the partner calculates
  The partner says how many miles of which offer; AIR MILES credits that many, and takes back no more than it credited.

  @AM-ISS-17
  Scenario: A sale with the standard offer is done
    When the partner credits 57 miles of the "standard offer" for a sale
    Then it is done

  @AM-ISS-17
  Scenario: A sale with the standard offer credits exactly the miles it says
    Given the collector "collecting", whose Summary is known
    When the partner credits that collector 57 miles of the "standard offer" for a sale
    Then the collector has 57 miles more

  @AM-ISS-18
  Scenario: A sale with base and bonus miles is done
    When the partner credits 8 base and 5 bonus miles for a sale, and says which items earned them
    Then it is done

  @AM-ISS-18 @simulator
  Scenario: A sale with base and bonus miles credits their sum, offer by offer
    Given the collector "collecting", whose miles in the books are known
    When the partner credits that collector 8 base and 5 bonus miles for a sale, and says which items earned them
    Then the collector has 13 miles more
    And the books hold 8 miles under the "standard offer" and 5 under the "bonus offer"

  @AM-ISS-22
  Scenario: An event is done
    When the partner credits 6 miles for an event
    Then it is done

  @AM-ISS-22
  Scenario: Two events that differ in their id only are both credited
    Given the collector "collecting", whose Summary is known
    When the partner credits that collector 6 miles for an event
    And the partner credits that collector 6 miles for another event
    Then the collector has 12 miles more

  @AM-ISS-23
  Scenario: REVERSE of a whole sale is done
    When the partner credits 9 miles for a sale and takes 9 of them back
    Then both are done

  @AM-ISS-23
  Scenario: REVERSE of a whole sale takes back what it credited
    Given the collector "reversing", whose Summary is known
    And a sale of 9 miles that was credited
    When the partner takes back 9 miles of that sale
    Then it is done
    And the collector has as many miles as before

  @AM-ISS-24
  Scenario: REVERSE of a part of a sale is done
    When the partner credits 9 miles for a sale and takes 4 of them back
    Then both are done

  @AM-ISS-24
  Scenario: REVERSE of a part of a sale takes back that part
    Given the collector "reversing", whose Summary is known
    And a sale of 9 miles that was credited
    When the partner takes back 4 miles of that sale
    Then it is done
    And the collector has 5 miles more

  @AM-ISS-24
  Scenario: REVERSE corrects a sale that was credited ten times too high
    Given the collector "reversing", whose Summary is known
    And a sale of 40 miles that was credited
    When the partner takes back 36 miles of that sale
    Then it is done
    And the collector has 4 miles more

  @AM-ISS-25
  Scenario: REVERSE/EVENT is done
    When the partner credits 6 miles for an event and takes 6 of them back
    Then both are done

  @AM-ISS-25
  Scenario: REVERSE/EVENT undoes a manual credit
    Given the collector "reversing", whose Summary is known
    And an event of 6 miles that was credited
    When the partner takes back 6 miles of that event
    Then it is done
    And the collector has as many miles as before

  @AM-ISS-26 @simulator
  Scenario: More miles than were credited are not taken back
    Given the collector "never credited", whose miles in the books are known
    And a sale of 5 miles that was credited
    When the partner takes back 6 miles of that sale
    Then it is refused as wrong
    And the collector has 5 miles more
