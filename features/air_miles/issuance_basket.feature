Feature: What a transaction says
  Every mandatory parameter is there, amounts add up, times have a zone, and codes are those that AIR MILES supplied.

  @AM-ISS-08
  Scenario: An event without the partner's own id is refused
    When the partner credits 5 miles for an event that has no id of its own
    Then it is refused as wrong

  @AM-ISS-08
  Scenario: A basket without the partner's own id is refused
    When the partner records a basket that has no id of its own
    Then it is refused as wrong

  @AM-ISS-09
  Scenario: A body that is not announced as JSON is turned away as configured
    When the partner records a transaction announced as plain text
    Then it is turned away for its media type

  @AM-ISS-09
  Scenario: An answer is announced as what it is
    When the partner records a transaction
    Then what the answer holds is announced as JSON

  @AM-ISS-19
  Scenario Outline: A sale without its total <which> tax is refused
    When the partner credits a sale that lacks its total <which> tax
    Then it is refused as wrong

    Examples:
      | which  |
      | before |
      | after  |

  @AM-ISS-20
  Scenario Outline: A sale taxed as in <province> is done
    When a sale taxed as in <province> is reported
    Then it is done
    And its total before tax and its taxes make its total after tax

    Examples:
      | province         |
      | Ontario          |
      | Alberta          |
      | British Columbia |
      | Quebec           |

  @AM-ISS-21 @simulator
  Scenario: A discounted line earns by what was paid for it
    Given the collector "issuing", whose miles in the books are known
    When AIR MILES issues miles for a line worth 6 miles before its discount and 4 miles after it
    Then it is done
    And the collector has 4 miles more

  @AM-ISS-47
  Scenario Outline: A time of checkout <written> is taken
    When the partner records a transaction with its time of checkout <written>
    Then it is done

    Examples:
      | written        |
      | in UTC         |
      | with an offset |

  @AM-ISS-47
  Scenario: A time of checkout without a zone is refused
    When the partner records a transaction with its time of checkout without a zone
    Then it is refused as wrong

  @AM-ISS-51 @simulator
  Scenario: A location code keeps its leading zeros
    When the partner credits a sale at the location "store with leading zeros"
    Then it is done
    And the books hold that location, character for character

  @AM-ISS-52
  Scenario Outline: Miles of an offer that is <state> are refused
    When the partner credits 5 miles of the "<state> offer" for a sale
    Then it is refused for its offer

    Examples:
      | state   |
      | unknown |
      | expired |
