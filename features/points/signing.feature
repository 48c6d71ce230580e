Feature: Signing
  A partner for whom signing was enabled signs each call: time, digest of the body, and request target.

  Background:
    Given the partner's signed calls are accepted

  @PT-SIG-05
  Scenario Outline: A signature that is written with <fault> is refused
    When the partner sends a call signed with <fault>
    Then the call is refused for its signature, and no result follows

    Examples:
      | fault                      |
      | a repeated parameter       |
      | no key id                  |
      | no value                   |
      | a time in milliseconds     |
      | its lines in another order |

  @PT-SIG-05
  Scenario: The algorithm is written in capital letters
    Given signatures are read to the letter
    When the partner sends a call signed with its algorithm in small letters
    Then the call is refused for its signature, and no result follows

  @PT-SIG-06
  Scenario Outline: A signed call is accepted whose body is written <layout>
    When the partner sends a signed call whose body is written <layout>
    Then the request is accepted, and the points are credited

    Examples:
      | layout               |
      | without blanks       |
      | on several lines     |
      | with letters of Thai |

  @PT-SIG-07
  Scenario: A body changed after signing is refused, and nothing moves
    Given the points of the user "counted" are known
    When the partner sends a call for "counted" whose amount was changed after signing
    Then the call is refused for its signature, and no result follows
    And the user has 0 points more than before

  @PT-SIG-08
  Scenario Outline: A call with <digest> is refused
    When the partner sends a call signed with <digest>
    Then the call is refused for its signature, and no result follows

    Examples:
      | digest                     |
      | no digest                  |
      | the digest of another body |
      | a digest by SHA-256        |

  @PT-SIG-09
  Scenario Outline: A call signed for <place> is refused
    When the partner sends a call signed for <place>
    Then the call is refused for its signature, and no result follows

    Examples:
      | place                          |
      | another path                   |
      | the same path, a query missing |

  @PT-SIG-11
  Scenario: A signature from the future is refused
    When the partner sends a call signed a minute ahead
    Then the call is refused for its signature, and no result follows

  @PT-SIG-11
  Scenario: A signature beyond the oldest age is treated as configured
    When the partner sends a call signed a minute before the oldest age
    Then the call is refused for its age, unless no age is too old

  @PT-SIG-12
  Scenario: A key id that nobody registered is refused
    When the partner sends a call signed with an unknown key id
    Then the call is refused for its signature, and no result follows

  @PT-SIG-12 @simulator
  Scenario: The key of another client is refused
    When the partner sends a call signed with the key of another client
    Then the call is refused for its signature, and no result follows

  @PT-SIG-15 @simulator
  Scenario: Two keys count while one replaces the other
    Given a second key of the partner's has been registered
    When the partner sends a call signed with the second key
    Then the request is accepted, and the points are credited

  @PT-SIG-15 @simulator
  Scenario: A key that was withdrawn counts no more
    Given a second key of the partner's has been registered
    And the second key has been withdrawn
    When the partner sends a call signed with the second key
    Then the call is refused for its signature, and no result follows

  @PT-SIG-17
  Scenario: A partner that signs may not send an unsigned call, unless that was agreed
    When the partner sends a call without a signature
    Then the call is refused for having no signature, unless none is required
