Feature: Accrual
  A partner reports a purchase; LATAM Pass acknowledges at once and credits later. What is credited cannot be taken back.

  @LP-ACC-01
  Scenario: An accrual by code is acknowledged with an id and a correlation id
    When the partner reports 120 points by code
    Then the report is acknowledged, with an id and a correlation id

  @LP-ACC-02
  Scenario: An accrual by document is acknowledged with an id and a correlation id
    When the partner reports 120 points by document
    Then the report is acknowledged, with an id and a correlation id

  @LP-ACC-03
  Scenario: With both, the code's member is credited
    When the partner reports 120 points with the code of "collecting" and the document of "another member"
    Then the report becomes PROCESSED for the member "collecting"

  @LP-ACC-04
  Scenario: With both, the document's holder is credited when nobody has the code
    When the partner reports 120 points with the code of "nobody" and the document of "collecting"
    Then the report becomes PROCESSED for the member "collecting"

  @LP-ACC-05
  Scenario: An accrual that identifies nobody is not credited
    When the partner reports 120 points with the code of "nobody" and the document of "nobody"
    Then the report for nobody is turned down as configured

  @LP-ACC-07
  Scenario Outline: A <id> of 50 characters is taken
    When the partner reports a purchase with a <id> of 50 characters
    Then the report is taken

    Examples:
      | id                     |
      | partner transaction id |
      | partner accrual id     |

  @LP-ACC-07
  Scenario Outline: A <id> of 51 characters is refused
    When the partner reports a purchase with a <id> of 51 characters
    Then the report is refused

    Examples:
      | id                     |
      | partner transaction id |
      | partner accrual id     |

  @LP-ACC-08
  Scenario: The moment of the activity is kept, not the moment of sending
    Given a purchase made yesterday evening, four hours behind UTC
    When the partner reports that purchase
    Then the status shows that same moment

  @LP-ACC-10
  Scenario: A product id keeps its leading zeros
    When the partner reports a purchase of the product "standard"
    Then the status shows that product, character for character

  @LP-ACC-10
  Scenario: A product that is not the partner's is not credited
    When the partner reports a purchase of the product "unknown"
    Then the report for the wrong product is turned down as configured

  @LP-ACC-30
  Scenario: A report with wrong fields is refused, and each is named
    When the partner reports a purchase of no points at all
    Then the report is refused, and the field "points" is named
    And the report was sent once

  @LP-ACC-29 @simulator
  Scenario: After a lost answer the partner asks first, and finds what was accepted
    Given the answer to the next report will be lost after it was accepted
    When the partner reports 120 points and hears nothing
    Then the status knows the report
    And the member "collecting" is credited 120 points once

  @LP-ACC-29 @simulator
  Scenario: After a lost report the partner asks first, and then sends the same again
    Given the next report will be lost on its way
    When the partner reports 120 points and hears nothing
    Then the status does not know the report
    And the same report sent again credits the member "collecting" 120 points once

  @LP-ACC-31 @simulator
  Scenario: Too many reports are held back, and none is lost
    Given only 2 reports within 5 seconds are allowed
    When the partner makes 3 reports in a row
    Then the last report is held back by the rate limit
    And the same report is taken after backing off
