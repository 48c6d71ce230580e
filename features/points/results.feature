Feature: Results
  Each request is answered twice: at once, and later by a result that the provider sends to the partner of its own accord.

  @PT-CB-01
  Scenario: A success has its nine fields, and a transaction id of its own
    When the partner earns 10 points twice
    Then both results are successes with all nine fields
    And their transaction ids differ

  @PT-CB-02
  Scenario: A failure has its eight fields
    Given a request for the user "earning" has failed
    Then its result has all eight fields

  @PT-CB-03
  Scenario: A request id comes back letter for letter
    When the partner earns 10 points with a request id in capital and small letters
    Then the result is for that very request

  @PT-CB-03 @simulator
  Scenario Outline: A result that echoes another <field> is known to be wrong
    Given the next result is followed by one with another <field>
    When the partner earns 10 points
    Then the request is accepted, and the points are credited
    And the other result is set apart as forged

    Examples:
      | field     |
      | client id |
      | user id   |
      | rule id   |

  @PT-CB-05 @simulator
  Scenario: A result that comes twice takes effect once
    Given the points of the user "counted" are known
    And the next result will come twice
    When the partner asks to earn 40 points for the user "counted"
    Then the result tells that 40 points were credited
    And a second result is set apart as a duplicate
    And the user has 40 points more than before

  @PT-CB-06 @simulator
  Scenario: A result that overtakes the answer is matched all the same
    Given the points of the user "counted" are known
    And the next result will overtake the answer to its request
    When the partner asks to earn 40 points for the user "counted"
    Then the result was there before the answer
    And the result tells that 40 points were credited
    And the user has 40 points more than before

  @PT-CB-07 @simulator
  Scenario: Two results in swapped order each find their own request
    Given the next two results will come in swapped order
    When the partner asks to earn 10 points and then 20
    Then the second result came first, and each tells the points of its own request

  @PT-CB-08 @simulator
  Scenario: A result for a request that nobody made moves nothing
    Given the points of the user "counted" are known
    When a result comes for the user "counted" and a request that nobody made
    Then that result is set apart as unmatched
    And the user has 0 points more than before

  @PT-CB-09 @simulator
  Scenario: A result after the agreed time is known as late, and holds
    Given the points of the user "counted" are known
    And the next result will come after the agreed time
    When the partner asks to earn 40 points for the user "counted"
    Then no result comes in the agreed time
    And a later result tells that 40 points were credited
    And the user has 40 points more than before

  @PT-CB-10 @simulator
  Scenario: A second result that contradicts the first undoes nothing
    Given the points of the user "counted" are known
    And the next result will be followed by one that contradicts it
    When the partner asks to earn 40 points for the user "counted"
    Then the result tells that 40 points were credited
    And a second result is set apart as contradicting
    And the user has 40 points more than before

  @PT-CB-11 @simulator
  Scenario: Fields that nobody knows do no harm
    Given the next result will carry fields that nobody knows
    When the partner earns 10 points
    Then the result tells that 10 points were credited
    And it carried fields that nobody knows

  @PT-CB-11 @simulator
  Scenario: A reason that nobody knows is still a failure
    Given the next failure will give the reason "Quota of the quarter is exhausted"
    And a request for the user "earning" has failed
    Then its result gives the reason "Quota of the quarter is exhausted"

  @PT-CB-12 @simulator
  Scenario Outline: A timestamp with <digits> digits of a second is read as UTC
    Given the next result's timestamp has <digits> digits of a second
    When the partner earns 10 points
    Then the timestamp has <digits> digits, and lies between the request and the result

    Examples:
      | digits |
      | 0      |
      | 3      |
      | 6      |
      | 9      |

  @PT-CB-13 @simulator
  Scenario: A forged result moves nothing
    Given the points of the user "counted" are known
    And the next result is followed by one with another client id
    When the partner asks to earn 40 points for the user "counted"
    Then the result tells that 40 points were credited
    And the other result is set apart as forged
    And the user has 40 points more than before

  @PT-CB-16 @simulator
  Scenario Outline: A result that <fault> is turned away, and the balance tells what became of the request
    Given the points of the user "counted" are known
    And the next result <fault>
    When the partner asks to earn 40 points for the user "counted"
    Then the result is turned away as <kind>
    And the user has 40 points more than before

    Examples:
      | fault                    | kind      |
      | breaks off in the middle | malformed |
      | is far too long          | too large |

  @PT-CB-18 @simulator
  Scenario Outline: With <left> points left of a cap, a request for 60 is credited with <credited>
    Given <left> points are left of the cap of the rule "earn, capped"
    When the partner asks to earn 60 points by the rule "earn, capped"
    Then the result tells that <credited> points were credited

    Examples:
      | left | credited |
      | 100  | 60       |
      | 60   | 60       |
      | 59   | 59       |
      | 1    | 1        |
