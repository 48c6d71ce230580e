Feature: Keys
  By its Idempotency-Key AIR MILES knows a repeat again, so that nothing is credited, or taken back, twice.

  @AM-ISS-40
  Scenario Outline: A key that is <form> is taken
    When a sale is reported under a key that is <form>
    Then it is done

    Examples:
      | form                                 |
      | a UUID of version 4                  |
      | a random string of 64 hexadecimals   |

  @AM-ISS-42
  Scenario: Two sales whose keys differ only at their end are two sales
    When two sales are reported under keys that differ only at their end
    Then both are done

  @AM-ISS-42 @simulator
  Scenario: A key that was used is not good for another sale
    Given the collector "collecting", whose miles in the books are known
    And a sale worth 5 miles by the agreed method
    When the sale is reported
    And another sale of 7 miles is reported under the same key
    Then the other sale is answered as configured
    And the collector has 5 miles more

  @AM-ISS-43 @simulator
  Scenario: A sale without a key that is repeated to the last character is recognised as configured
    Given the collector "collecting", whose miles in the books are known
    And a sale worth 5 miles by the agreed method
    When the sale is reported twice without a key
    Then both are done
    And the collector has the miles of one sale, or of both, as configured

  @AM-ISS-43 @simulator
  Scenario: Sales without a key that differ in their time by a millisecond are two sales
    Given the collector "collecting", whose miles in the books are known
    And a sale worth 5 miles by the agreed method
    When the sale is reported twice without a key, a millisecond apart
    Then both are done
    And the collector has 10 miles more

  @AM-ISS-44 @simulator
  Scenario Outline: <call> sent twice under one key takes the miles back once
    Given the collector "reversing", whose miles in the books are known
    And miles to be taken back by <call>, enough for two
    When the partner calls <call>, and again under the same key
    Then the repeat changes nothing

    Examples:
      | call          |
      | RETURN        |
      | REVERSE       |
      | REVERSE/EVENT |
