package org.kedge.base.api;

import java.nio.file.Path;
import java.util.Optional;

/** What Kedge lives in: Kura on a gateway, or the host itself. A service, there before anything else of Kedge is; any thread. */
public interface Home {
  /** Where the node keeps its files; need not be there yet, and is the same at every start. */
  Path data();

  /** How the machine is told from others, used as the node's name where none is set; empty: by the host's name. */
  Optional<NodeId> device();

  /**
   * The plain text of a secret among the settings, which some homes hand out encrypted. May take a moment: not for a lane that others
   * wait for.
   *
   * @param given as a component is given it, not empty
   */
  Revealed reveal(String given);

  /** What came of it. Neither the secret nor its cipher text is ever in words. */
  sealed interface Revealed {
    record Plain(String text) implements Revealed {
      /** Not for logs. */
      @Override
      public String toString() {
        return "Plain[...]";
      }
    }

    /** @param waitingHelps false where the setting has to be made again */
    record Hidden(String why, boolean waitingHelps) implements Revealed {}
  }
}
