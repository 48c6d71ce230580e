Feature: Transaction Days
  A day runs from 12:00 AM to 11:59 PM EST. Whether EST stands still in summer is a setting, so each moment is judged by it.

  @AM-ISS-48 @simulator
  Scenario Outline: A sale at <time> UTC in <season> counts for its Transaction Day
    Given the collector "collecting", whose miles in the books are known
    When a sale made at <time> UTC in the last <season> is reported
    Then it is done
    And it counts for the Transaction Day of its checkout

    Examples:
      | season | time         |
      | July   | 03:59:59.999 |
      | July   | 04:00:00.000 |
      | July   | 04:59:59.999 |
      | July   | 05:00:00.000 |
      | January | 04:59:59.999 |
      | January | 05:00:00.000 |

  @AM-ISS-49 @simulator
  Scenario Outline: A sale <when> of the day on which clocks <change> counts for that day
    Given the collector "collecting", whose miles in the books are known
    When a sale made <when> of the last day on which clocks <change> is reported
    Then it is done
    And it counts for the Transaction Day of its checkout

    Examples:
      | change  | when                |
      | go on   | in the first minute |
      | go on   | in the last minute  |
      | go back | in the first minute |
      | go back | in the last minute  |
