Feature: Access to Issuance
  A back end shows a machine token on each call. CERT and production know nothing of each other.

  @AM-ISS-04
  Scenario: A call with a machine token is served
    When the partner records a transaction with its machine token
    Then it is done

  @AM-ISS-04
  Scenario: A call without a token is turned away
    When the partner records a transaction without a token
    Then it is turned away for its token

  @AM-ISS-04 @simulator
  Scenario: A token for another API is turned away
    When the partner records a transaction with a token for Collector Service
    Then it is turned away because the token is for something else

  @AM-ISS-05
  Scenario: A token that is refused is renewed once, and the call repeated once under the same key
    Given a token that AIR MILES no longer accepts
    When a sale is reported by the agreed method
    Then it was refused once and then done, both times under the same key

  @AM-ISS-05 @simulator
  Scenario: A token that has ended is turned away
    Given a token that has reached its end
    When the partner records a transaction with that token
    Then it is turned away for its token

  @AM-ISS-07
  Scenario: A wrong secret is refused, and tried only once
    When the partner asks for a token with a wrong secret
    Then the token is refused, and was asked for once

  @AM-ISS-02 @simulator
  Scenario: A token of CERT opens nothing in production
    When the partner records a transaction in production with a token of CERT
    Then it is turned away for its token

  @AM-ISS-02 @simulator
  Scenario: What is credited in CERT does not show in production
    Given the collector "collecting", whose miles in the books are known
    And what production holds of that collector is known
    When a sale worth 5 miles is reported by the agreed method
    Then the collector has 5 miles more
    And production holds of that collector what it held before
