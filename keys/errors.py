"""
What the package refuses, one class per reason.

A class's docstring is its meaning and its message, so that no input can get into a message or a log.
`SigningFault` is our own fault, and so is a `KeyFileError`; every other reason lies in what was given.
"""


class _Explained(Exception):
    """Says what its class says."""

    def __str__(self) -> str:
        """Give the first line of the class's docstring, whatever the exception was raised with."""
        return (type(self).__doc__ or type(self).__name__).strip().partition("\n")[0]


class KeysError(_Explained):
    """This cannot be used."""


class KeyFileError(_Explained):
    """
    The server's key files cannot be used.

    No `KeysError`, because an envelope that is refused with one is given up, and this one may be opened yet.
    """


class KeysLocked(KeyFileError):
    """The key files are sealed, and nothing gives their passphrase; see docs/operating.md, Sealed keys."""


class WrongSecret(KeyFileError):
    """The passphrase of the key files is another one, or keys/site.key is damaged."""


class NoSecret(KeyFileError):
    """The passphrase of the key files is empty."""


class DamagedKeyFile(KeyFileError):
    """A key file is damaged, or belongs to another site or week."""


class NotSealed(KeyFileError):
    """The key files are not sealed; see: warp keys seal."""


class ShortKeyFile(KeysError):
    """A key file holds at least 32 random bytes."""


class BadPublicKey(KeysError):
    """This is not a public key of ML-KEM-768 and X25519."""


class BadSeed(KeysError):
    """A private key is a seed of 32 bytes."""


class EnvelopeError(KeysError):
    """This envelope cannot be read."""


class WrongLength(EnvelopeError):
    """An envelope is exactly 16,384 bytes long."""


class NotAnEnvelope(EnvelopeError):
    """This file does not begin as an envelope does."""


class UnknownSuite(EnvelopeError):
    """This envelope is sealed in a way that is not known here."""


class ReservedBytesSet(EnvelopeError):
    """The reserved bytes of an envelope's header are zero."""


class CannotOpen(EnvelopeError):
    """This envelope was damaged, or sealed to another key or for another server."""


class MalformedContent(EnvelopeError):
    """What is inside the envelope has not the form that it should have."""


class TokenError(KeysError):
    """This token cannot be used."""


class BadTokenKey(TokenError):
    """A token key is an RSASSA-PSS key of 2,048 bits with exponent 65537, SHA-384 and a salt of 48 bytes."""


class BadBlindedMessage(TokenError):
    """A blinded message is 256 bytes, above zero and below the key's modulus."""


class BadPending(TokenError):
    """What was kept of a token request does not belong to this key."""


class BadSignature(TokenError):
    """The server's answer does not make a valid token."""


class WrongToken(TokenError):
    """A token is 354 bytes long and of type 2."""


class WrongChallenge(TokenError):
    """This token was issued for another server."""


class WrongTokenKey(TokenError):
    """This token was issued with another key."""


class ForgedToken(TokenError):
    """This token's signature is false."""


class SigningFault(KeysError):
    """The computation of a signature went wrong; nothing of it was given out."""


class AgeError(KeysError):
    """This age file cannot be read."""


class BadSpelling(AgeError):
    """This key is misspelt, or of another kind."""


class BadRecipient(AgeError):
    """A recipient is written age1pq1… and holds a key of 1,216 bytes."""


class BadIdentity(AgeError):
    """An identity is written AGE-SECRET-KEY-PQ-1… and holds a seed of 32 bytes."""


class NotAnAgeFile(AgeError):
    """This is not an age file of version 1."""


class MalformedHeader(AgeError):
    """The age file's header breaks the format."""


class NoMatchingIdentity(AgeError):
    """The age file is sealed to none of these identities."""


class WrongMac(AgeError):
    """The age file's header was changed."""


class TruncatedPayload(AgeError):
    """The age file ends too early."""


class DamagedPayload(AgeError):
    """The age file's content was changed, or something was added to it."""


class NarrativeError(KeysError):
    """This narrative cannot be used."""


class TextTooLong(NarrativeError):
    """
    The text is longer than a narrative has room for.

    Args:
        room: Bytes of UTF-8 that there is room for.
    """

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room


class BadLanguage(NarrativeError):
    """A language is a BCP 47 tag of at most 35 characters."""


class WrongRecipientCount(NarrativeError):
    """A narrative is sealed to one to four coordinators."""


class MalformedNarrative(NarrativeError):
    """What is inside the narrative has not the form that it should have."""


class BadReceipt(KeysError):
    """A receipt is twelve words of one of the word lists; a word is missing, misspelt or out of place."""


class DirectoryError(KeysError):
    """This directory cannot be trusted."""


class MalformedDirectory(DirectoryError):
    """This is not a directory entry with its proof."""


class UnknownRoot(DirectoryError):
    """The directory is certified by another root key than the one that came with the invitation."""


class UncertifiedDirectory(DirectoryError):
    """A signature of the directory is false, or its certificate is for other weeks."""


class BrokenChain(DirectoryError):
    """The directory's entries do not follow from each other, or differ from those seen before."""


class SecondKeysForWeek(DirectoryError):
    """The directory holds a second set of keys for a week."""


class ListError(KeysError):
    """This list cannot be trusted."""


class MalformedList(ListError):
    """This is not the list that was asked for, or its items are not what its head says."""


class UncertifiedList(ListError):
    """The list's signature is false, or made with a key that the server's root has not certified."""


class ForkedList(ListError):
    """The list differs from what was seen of it before, or from the directory; it is kept as .refused."""


class MissingList(ListError):
    """The server keeps back a list that its directory names, or that it has shown before."""


class SignatureError(KeysError):
    """This document cannot be trusted."""


class NotADocument(SignatureError):
    """This is not the JSON of an advisory: it does not say which advisory and which version it is."""


class MalformedSignature(SignatureError):
    """This is not the signature of an advisory."""


class ForeignRoot(SignatureError):
    """The signature is certified by another root key than the one of this fingerprint."""


class UncertifiedSignature(SignatureError):
    """The signature is false, or its key was not certified for its week."""


class OtherDocument(SignatureError):
    """The signature is of another version, of another advisory, or of other bytes than these."""


class KeyUsedTwice(DirectoryError):
    """The directory uses one key twice: for two weeks, or for two kinds of token."""


class BadFingerprint(KeysError):
    """A root key's fingerprint is written as 32 digits and letters from a to f."""


class BadInvitation(KeysError):
    """This is not an invitation, or a character of it is wrong; copy it again."""


class ReplyError(KeysError):
    """This reply cannot be read."""


class NotYourReply(ReplyError):
    """This reply is sealed to somebody else."""


class MalformedReply(ReplyError):
    """This reply has not the form that it should have."""
