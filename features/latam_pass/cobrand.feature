Feature: Cobrand
  A bank tells LATAM Pass when a member's card begins and when it ends; the benefits follow.

  @LP-COB-01
  Scenario: A new card begins
    When the bank reports that a new card was approved
    Then the report of the bank is accepted

  @LP-COB-02
  Scenario: An unlocked card begins again
    Given a card that was blocked
    When the bank reports that the card was unlocked
    Then the report of the bank is accepted

  @LP-COB-03
  Scenario: A cancelled card ends
    Given a card that has begun
    When the bank reports that the card was cancelled
    Then the report of the bank is accepted

  @LP-COB-04
  Scenario: A blocked card ends
    Given a card that has begun
    When the bank reports that the card was blocked
    Then the report of the bank is accepted

  @LP-COB-05
  Scenario: A card that began, ended and began again has begun
    Given a card that has begun
    When the card ends and begins again
    Then the card can be ended

  @LP-COB-06
  Scenario: A card that never began cannot end
    When the bank ends a card that never began
    Then the bank is told that nothing had begun
    And the end was sent once

  @LP-COB-07
  Scenario: A card without member is refused, and the missing field is named
    When the bank begins a card without saying for whom
    Then the bank is refused, and "member.ffn" is named

  @LP-COB-08
  Scenario: A card without issuing bank is refused
    When a card is begun without its issuing bank
    Then the bank is refused

  @LP-COB-10 @simulator
  Scenario: Too many reports of a bank are held back, and none is lost
    Given only 2 cards may begin within 5 seconds
    When the bank begins 3 cards in a row
    Then the last begin is held back by the rate limit
    And the same begin is accepted after backing off

  @LP-COB-11
  Scenario: A begin reported twice does no harm
    Given a card that has begun
    When the bank reports the begin once more
    Then the repeated begin is answered as configured
    And the card can be ended

  @LP-COB-12
  Scenario: Two cards of one member live on their own
    Given two cards of one member that have begun
    When one of them ends
    Then the other can be ended

  @LP-COB-12
  Scenario: One card at two banks lives twice
    Given one card that has begun at two banks
    When it ends at one of them
    Then it can be ended at the other

  @LP-COB-13
  Scenario: The benefit is there while the card is, and gone with it
    Given a member whose segments are known
    And a card of that member that has begun
    Then the member has another segment
    When the bank reports that the card was cancelled
    Then the member's segments are what they were

  @LP-COB-14
  Scenario: Blocking and unlocking in quick succession keeps its order
    Given a card that has begun
    When the card is blocked and unlocked twice in quick succession
    Then the card can be ended
