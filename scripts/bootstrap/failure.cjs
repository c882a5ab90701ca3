/** A failure the person at the keyboard can mend: the message says what is wrong and what to do, without a stack. */
class BootstrapFailure extends Error {
  /** @override */
  name = 'BootstrapFailure';
}

module.exports = { BootstrapFailure };
