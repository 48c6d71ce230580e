Feature: Notification
  LATAM Pass tells the partner when an accrual is final, at an address that the partner gave it, until it is taken.

  @LP-ACC-33 @simulator
  Scenario: A processed report is notified
    Given the partner is notified at an address of its own
    When the partner reports a purchase and waits to be notified
    Then it is notified that the report is PROCESSED, with the credentials it gave

  @LP-ACC-34 @simulator
  Scenario: A cancelled report is notified
    Given the partner is notified at an address of its own
    When the partner reports a purchase that LATAM Pass will cancel, and waits to be notified
    Then it is notified that the report is CANCELLED, with the credentials it gave

  @LP-ACC-35 @simulator
  Scenario: A notification with the wrong credentials is refused, and comes again with the right ones
    Given the partner is notified at an address of its own
    And LATAM Pass has its password wrong
    When the partner reports a purchase and waits to be notified
    Then a notification with the wrong credentials is refused
    And once the password is corrected it is notified that the report is PROCESSED

  @LP-ACC-37 @simulator
  Scenario: An address that was out of order for six days is notified when it is back
    Given the partner is notified at an address of its own
    And that address is out of order
    When the partner reports a purchase and waits to be notified
    And 6 days go by, and the address is in order again
    Then it is notified that the report is PROCESSED, with the credentials it gave

  @LP-ACC-37 @simulator
  Scenario: An address that was out of order for eight days is notified no more
    Given the partner is notified at an address of its own
    And that address is out of order
    When the partner reports a purchase and waits to be notified
    And 8 days go by, and the address is in order again
    Then no notification comes any more

  @LP-ACC-38 @simulator
  Scenario: After a day of silence the status tells
    Given the partner is notified at an address of its own
    And the next notification will be lost
    When the partner reports a purchase and waits to be notified
    Then there is silence for 24 hours
    And the status, asked for only then, shows the report PROCESSED
