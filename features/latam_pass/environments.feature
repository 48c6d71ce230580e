Feature: Environments
  One host serves test and production. What keeps them apart is the path, the APP and the test marker.

  @LP-AUTH-02 @simulator
  Scenario: The test environment turns away what does not carry the test marker
    When the partner searches for a member without the test marker
    Then the test environment turns the call away
    And every other test request of this run has carried the marker

  @LP-AUTH-03 @simulator
  Scenario: Production turns away what carries the test marker
    When the partner searches for a member in production, test marker included
    Then production turns the call away

  @LP-AUTH-14 @simulator
  Scenario: A token of the test environment opens nothing in production
    When the partner searches for a member in production with a token of the test environment
    Then the call is refused as one with a worthless token

  @LP-AP-01 @simulator
  Scenario: A production APP is not served while it is Pending
    Given the production APP is "Pending"
    When the partner tries to work in production
    Then production stays closed

  @LP-AP-01 @simulator
  Scenario: A production APP is served once it is Approved
    Given the production APP is "Approved"
    When the partner tries to work in production
    Then production is open

  @LP-AP-12 @simulator
  Scenario: An APP disabled after a non-compliance is no longer served
    Given the production APP is "disabled"
    When the partner tries to work in production
    Then production stays closed
