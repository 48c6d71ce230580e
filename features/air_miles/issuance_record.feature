Feature: RECORD
  A transaction is noted and moves nothing: of a collector when it earned nothing, or of somebody who is no collector.

  @AM-ISS-27
  Scenario: RECORD of a collector's transaction is done
    When the partner records a transaction of the collector "collecting"
    Then it is done

  @AM-ISS-27
  Scenario: RECORD of a collector's transaction moves nothing
    Given the collector "collecting", whose Summary is known
    When the partner records a transaction of the collector "collecting"
    Then the collector has as many miles as before

  @AM-ISS-28
  Scenario: RECORD without a collector number is done
    When the partner records a transaction of a customer who is no collector
    Then it is done

  @AM-ISS-30 @simulator
  Scenario: RECORD sent twice is stored twice, whatever its key
    When the partner records a transaction of the collector "collecting" under a key
    And the same is sent again
    Then it is done
    And it is stored twice
