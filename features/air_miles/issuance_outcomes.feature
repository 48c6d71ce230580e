Feature: What the partner does about each answer
  Done is done. Pending needs nothing more. Wrong details are put right. A failure, or silence, is tried again under the same key.

  @AM-ISS-31 @simulator
  Scenario Outline: What is accepted as pending counts once it has settled, by the <method> method
    Given the collector "collecting", whose miles in the books are known
    And a sale worth 5 miles by the <method> method
    And AIR MILES will take 60 seconds over it
    When the sale is reported
    Then it is accepted as pending
    And the collector has as many miles as before
    And after 60 seconds the collector has 5 miles more
    And it was sent once

    Examples:
      | method             |
      | AMRP-calculated    |
      | partner-calculated |

  @AM-ISS-32 @simulator
  Scenario Outline: What is accepted as pending and sent again is held once, by the <method> method
    Given the collector "collecting", whose miles in the books are known
    And a sale worth 5 miles by the <method> method
    And AIR MILES will take 60 seconds over it
    When the sale is reported
    And the same is sent again
    Then it is accepted as pending
    And the repeat is answered as configured
    And the books hold it once

    Examples:
      | method             |
      | AMRP-calculated    |
      | partner-calculated |

  @AM-ISS-58 @simulator
  Scenario: What is pending is followed to its end
    Given the collector "collecting", whose miles in the books are known
    And what is pending for that collector is known
    When the partner reports 3 sales that AIR MILES accepts as pending for 60, 600 and 6000 seconds
    Then after 60 seconds 2 of them are pending
    And after 540 seconds more 1 of them is pending
    And after 5400 seconds more none of them is pending

  @AM-ISS-33
  Scenario: A sale with wrong details is refused, and as often as it is sent unchanged
    When a sale with wrong details is reported
    And the same is sent again
    Then it is refused as wrong
    And the repeat is refused as wrong

  @AM-ISS-34
  Scenario: A sale that was refused is done once it is put right
    When a sale with wrong details is reported
    And the sale is put right and sent under a new key
    Then it was refused first, and then done

  @AM-ISS-35 @simulator
  Scenario Outline: A call that failed once <when> is done under the same key, and held once, by the <method> method
    Given the collector "collecting", whose miles in the books are known
    And a sale worth 5 miles by the <method> method
    And AIR MILES will fail once <when>
    When the sale is reported as often as AIR MILES asks for
    Then it is done at last
    And every attempt had the same key, and there were 2
    And the books hold it once
    And the collector has 5 miles more

    Examples:
      | method             | when                |
      | AMRP-calculated    | before acting on it |
      | AMRP-calculated    | after acting on it  |
      | partner-calculated | before acting on it |
      | partner-calculated | after acting on it  |

  @AM-ISS-36 @simulator
  Scenario Outline: A call that always fails is tried three times, and nothing comes of it, by the <method> method
    Given the collector "collecting", whose miles in the books are known
    And a sale worth 5 miles by the <method> method
    And AIR MILES will fail 10 times before acting on it
    When the sale is reported as often as AIR MILES asks for
    Then it has failed
    And every attempt had the same key, and there were 3
    And the collector has as many miles as before

    Examples:
      | method             |
      | AMRP-calculated    |
      | partner-calculated |

  @AM-ISS-38 @simulator
  Scenario Outline: An answer that was lost <when> leaves one credit once the call is repeated, by the <method> method
    Given the collector "collecting", whose miles in the books are known
    And a sale worth 5 miles by the <method> method
    And the answer will be lost <when>
    When the sale is reported and nothing is heard
    And it is sent again under the same key
    Then it is done at last
    And the books hold it once
    And the collector has 5 miles more

    Examples:
      | method             | when                    |
      | AMRP-calculated    | after it was acted on   |
      | AMRP-calculated    | before it was acted on  |
      | partner-calculated | after it was acted on   |
      | partner-calculated | before it was acted on  |

  @AM-ISS-62 @simulator
  Scenario: A sale kept while the till was offline is credited once, for the day it was made on
    Given the collector "collecting", whose miles in the books are known
    And a sale that the till has kept since noon of yesterday
    When the sale is reported
    And the same is sent again
    Then the books hold it once
    And it counts for the Transaction Day of its checkout
