Feature: Enrollment
  A partner's customer becomes a collector: with the fields that were agreed, once, and with a number that earns.

  @AM-COL-13
  Scenario: A person with full data is enrolled
    When the partner enrols a person with full data
    Then the enrolment succeeds
    And a collector number is named

  @AM-COL-13 @simulator
  Scenario: The enrolment of a person with full data opens one account
    When the partner enrols a person with full data
    Then the enrolment succeeds
    And there is 1 account of that person

  @AM-COL-16
  Scenario Outline: An enrolment without <field> is refused
    When the partner enrols a person without "<field>"
    Then the enrolment is refused

    Examples:
      | field                       |
      | personalDetails.firstName   |
      | personalDetails.lastName    |
      | personalDetails.dateOfBirth |
      | contactDetails.email        |

  @AM-COL-16 @simulator
  Scenario: An enrolment that is refused opens no account
    Given it is known how many accounts there are
    When the partner enrols a person without "personalDetails.lastName"
    Then the enrolment is refused
    And there are as many accounts as before

  @AM-COL-17
  Scenario Outline: A date of birth that is <what> is refused
    When the partner enrols a person born on "<date>"
    Then the enrolment is refused

    Examples:
      | what                      | date       |
      | written another way       | 25/12/1988 |
      | on no calendar            | 1988-02-30 |
      | in no month               | 1988-13-01 |
      | yet to come               | in 2 days  |

  @AM-COL-17
  Scenario: Who is a little too young is refused where an age was agreed
    When the partner enrols a person who is a little too young
    Then the enrolment is refused

  @AM-COL-18
  Scenario Outline: <text> is no e-mail address
    When the partner enrols a person whose e-mail address is "<text>"
    Then the enrolment is refused

    Examples:
      | text               |
      | example.test       |
      | nobody@            |
      | two words@example  |

  @AM-COL-18 @simulator
  Scenario: Two phone numbers are kept, each with its type
    When the partner enrols a person with a phone at home and a mobile one
    Then the enrolment succeeds
    And the new member's Profile shows the contact data as it was sent

  @AM-COL-19 @simulator
  Scenario Outline: <first> <last> keeps the name
    When the partner enrols "<first>" "<last>"
    Then the enrolment succeeds
    And the new member's Profile shows the name as it was sent

    Examples:
      | first                            | last                                     |
      | Zoé                              | Lévesque                                 |
      | Siobhán                          | O'Connor                                 |
      | Jean-François                    | Côté-Bélanger                            |
      | Maximilienne-Alexandrine-Joséphe | Vandenbroucke-Featherstonehaugh-Desrosiers |

  @AM-COL-20 @simulator
  Scenario: An enrolment that is sent twice opens one account
    When the partner sends the enrolment of a person twice
    Then there is 1 account of that person
    And the second is answered as one of somebody who is a member already

  @AM-COL-20 @simulator
  Scenario: An enrolment repeated after its answer was lost opens one account
    Given the answer to the next enrolment will be lost
    When the partner enrols a person, hears nothing and sends the same again
    Then there is 1 account of that person
    And the second is answered as one of somebody who is a member already

  @AM-COL-21
  Scenario: Who is a member already is told so
    When the partner enrols the member "existing" again
    Then the enrolment is answered as one of somebody who is a member already

  @AM-COL-21 @simulator
  Scenario: Who is a member already gets no second account
    When the partner enrols the member "existing" again
    Then there is 1 account of that person

  @AM-COL-22 @simulator
  Scenario: The number of a new collector passes the local check
    When the partner enrols a person
    Then the enrolment succeeds
    And the number named passes the local check

  @AM-COL-22 @simulator
  Scenario: A new collector earns at once
    Given a person who has just been enrolled
    When the partner credits that person with 5 miles
    Then the new member's Summary shows 5 miles
