Feature: A member's account
  Who has logged in sees their own account: balances that move at once, and the data they gave.

  @AM-COL-24 @simulator
  Scenario: Each member's Summary is their own
    Given the members "existing" and "another member" have logged in
    When each asks for the Summary
    Then each is shown their own number, and nothing of the other's

  @AM-COL-25 @simulator
  Scenario: A credit shows in the Summary at once
    Given the member "watching" has logged in
    And the Summary has told the member's miles
    When the partner credits that member with 8 miles
    Then the Summary tells 8 miles more

  @AM-COL-26 @simulator
  Scenario: Each member's Profile is their own
    Given the members "existing" and "another member" have logged in
    When each asks for the Profile
    Then each is shown their own number, and nothing of the other's

  @AM-COL-26 @simulator
  Scenario: A Profile shows what the member gave
    Given the member "existing" has logged in
    When the application asks for the Profile
    Then the member's own personal and contact data are shown
