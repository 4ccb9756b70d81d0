package org.kedge.kura.internal.home;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.eclipse.kura.KuraException;
import org.eclipse.kura.crypto.CryptoService;
import org.jspecify.annotations.Nullable;
import org.kedge.base.api.Home.Revealed;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what Kura's crypto service has encrypted; that comes and goes. Any thread. */
final class Secrets {
  static final String KEY_PROPERTY = "org.eclipse.kura.core.crypto.secretKey";

  private static final Logger LOG = LoggerFactory.getLogger(Secrets.class);

  private volatile Optional<CryptoService> service = Optional.empty();

  /**
   * Whether Kura was given no key of its own, so that its crypto service takes the one in its public sources. Kura's start script
   * gives an empty property where none is set.
   *
   * @param properties of the framework or the system
   * @param environment variables of this process: where systemd keeps credentials, of which Kura 6 takes its key first
   */
  static boolean isKeyPublic(
      UnaryOperator<@Nullable String> properties, UnaryOperator<@Nullable String> environment) {
    var key = properties.apply(KEY_PROPERTY);
    var credentials = environment.apply("CREDENTIALS_DIRECTORY");
    return (key == null || key.isEmpty())
        && (credentials == null
            || !Files.isRegularFile(Path.of(credentials, "kura_encryption_key")));
  }

  void use(CryptoService crypto) {
    service = Optional.of(crypto);
  }

  void leave(CryptoService crypto) {
    // A replacement comes before its predecessor goes.
    if (service.filter(one -> one == crypto).isPresent()) {
      service = Optional.empty();
    }
  }

  Revealed reveal(String given) {
    var crypto = service;
    return crypto.isPresent()
        ? reveal(crypto.get(), given)
        : new Revealed.Hidden("Kura's crypto service is not there", true);
  }

  private static Revealed reveal(CryptoService crypto, String given) {
    var encrypted = given.toCharArray();
    char @Nullable [] plain = null;
    try {
      plain = crypto.decryptAes(encrypted);
      if (plain != null) {
        return new Revealed.Plain(new String(plain));
      }
    } catch (KuraException | RuntimeException e) {
      // Its words may hold what was to be decrypted.
      LOG.debug("Kura's crypto service: {}", e.getClass().getName());
    } finally {
      Arrays.fill(encrypted, '\0');
      if (plain != null) {
        Arrays.fill(plain, '\0');
      }
    }
    return new Revealed.Hidden("Kura's crypto service cannot read it; set it again", false);
  }
}
