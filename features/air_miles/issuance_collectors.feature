Feature: Collectors
  A number has eleven digits and begins with 8. Who cannot be credited is told so, and who is credited sees it at once.

  @AM-ISS-45
  Scenario Outline: A collector number <written> is refused
    When a sale is reported for a collector number <written>
    Then it is refused as wrong

    Examples:
      | written           |
      | of ten digits     |
      | of twelve digits  |
      | that begins so: 7 |
      | with a letter     |

  @AM-ISS-46
  Scenario Outline: A collector whose account is <standing> is turned away as configured
    When a sale is reported for the collector "<standing>"
    Then it is turned away because the account is <standing>

    Examples:
      | standing |
      | unknown  |
      | inactive |
      | closed   |

  @AM-ISS-46 @simulator
  Scenario: Miles for a merged account reach the surviving one
    Given the collector "survivor", whose miles in the books are known
    When a sale is reported for the collector "merged"
    Then the merged account is treated as configured

  @AM-ISS-59
  Scenario: A credited sale is visible in Transaction History
    Given the collector "collecting", whose Transaction History of today is known
    When a sale is reported for the collector "collecting"
    Then Transaction History shows one issuance more

  @AM-ISS-60
  Scenario: The balance shows the miles right after checkout
    Given the collector "collecting", whose Summary is known
    When the collector leaves the till with 5 miles more
    Then the collector has 5 miles more
