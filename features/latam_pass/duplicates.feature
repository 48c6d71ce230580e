Feature: Duplicates
  A report is a repeat when member, partner, transaction id, origin date and points are all the same.

  @LP-ACC-27
  Scenario: The same report sent twice credits the member once
    Given the partner is approved for "member-balance"
    And a member whose balance is known
    When the partner sends a report of 120 points twice
    Then the member has 120 points more

  @LP-ACC-27
  Scenario: Of the same report sent twice only the first is credited
    Given a member for whom nobody else reports
    When the partner sends a report of 120 points twice
    Then the first is credited, and the repeat is answered as configured

  @LP-ACC-27
  Scenario: A repeat is a repeat whatever its description says
    Given a report that was credited
    When the partner sends it again, described in other words
    Then the repeat is answered as configured

  @LP-ACC-27
  Scenario Outline: A report that differs in <difference> is another report
    Given a report that was credited
    When the partner sends a report that differs from it in <difference> only
    Then that report is credited as well

    Examples:
      | difference             |
      | points                 |
      | origin date            |
      | partner transaction id |
      | member                 |
