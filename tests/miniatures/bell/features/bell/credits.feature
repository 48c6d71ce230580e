Feature: Credits

  @BE-01
  Scenario: A credit is told
    When the partner credits 12 points
    Then within 30 seconds the bell rings for them

  @BE-02
  Scenario: A credit without a signature
    When the partner credits 12 points without signing
    Then it is refused

  @BE-03
  Scenario: A credit changed on its way
    When the partner credits 12 points, and 120 arrive
    Then it is refused

  @BE-04 @simulator
  Scenario: A bell that nobody waits for
    When the bell rings for a credit that was never sent
    Then that is on record
