Feature: Accrual status
  The partner asks by its identifier and one filter, no sooner than the published waits, until the status is final.

  @LP-ACC-19
  Scenario: A report is found by its correlation id
    Given a report that was acknowledged
    When the partner asks for it by correlation id
    Then exactly that report is shown

  @LP-ACC-20
  Scenario: A report is found by the partner's transaction id
    Given a report that was acknowledged
    When the partner asks for it by partner transaction id
    Then exactly that report is shown

  @LP-ACC-21
  Scenario: A report is found by the partner's accrual id
    Given a report that was acknowledged
    When the partner asks for it by partner accrual id
    Then exactly that report is shown

  @LP-ACC-22
  Scenario: A question without the partner's identifier is refused
    When the partner asks for a report without its own identifier
    Then the question is refused

  @LP-ACC-23
  Scenario: A report nobody knows is unknown, not cancelled
    When the partner asks for a report that was never made
    Then nothing is known of it

  @LP-ACC-24 @simulator
  Scenario: Every page is read, and the count agrees
    Given 5 reports that were acknowledged
    When the partner reads all its reports, 2 to a page
    Then the 5 reports are among them
    And as many were read as the answer's totalItens says

  @LP-ACC-16 @simulator
  Scenario: While a report is PROCESSING nothing is credited
    Given a member whose points in the books are known
    And a report of 120 points for that member that will take 100 seconds
    When 50 seconds have gone by
    Then the report is still PROCESSING, and the member is credited nothing
    And once it is PROCESSED the member is credited 120 points

  @LP-ACC-25
  Scenario: A processed report is what was sent, and has a number in LATAM's ledger
    Given a report that was acknowledged
    When the partner asks by the published schedule until the status is final
    Then the report is PROCESSED with a LATAM accrual id
    And points, product and ids are those of the report

  @LP-ACC-26 @simulator
  Scenario: A cancelled report is not credited
    Given a member whose points in the books are known
    And a report of 120 points for that member that LATAM Pass will cancel
    When the partner asks by the published schedule until the status is final
    Then the report is CANCELLED, without a LATAM accrual id, and the member is credited nothing

  @LP-ACC-41
  Scenario: A final status never moves again
    Given a report that has become PROCESSED
    When the partner asks for it 5 more times
    Then it was PROCESSED each time
