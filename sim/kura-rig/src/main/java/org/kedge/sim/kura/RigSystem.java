package org.kedge.sim.kura;

import java.nio.file.Path;
import java.util.function.Supplier;
import org.eclipse.kura.system.SystemService;
import org.jspecify.annotations.Nullable;

/** What Kura says of the machine; the test says what that is, also later. Any thread. */
public final class RigSystem implements SystemService {
  private final Path data;
  private volatile Supplier<@Nullable String> serial = () -> "0000000012ab34cd";
  private volatile Supplier<@Nullable String> mac = () -> "A4:BB:6D:12:34:56";

  /** A machine with a usable serial number and address. */
  public RigSystem(Path data) {
    this.data = data;
  }

  /** @param value null, empty or whatever a board's program says */
  public RigSystem serial(@Nullable String value) {
    serial = () -> value;
    return this;
  }

  public RigSystem mac(@Nullable String value) {
    mac = () -> value;
    return this;
  }

  /** Whatever is asked of the machine fails. */
  public RigSystem failing() {
    serial = RigSystem::fail;
    mac = RigSystem::fail;
    return this;
  }

  private static @Nullable String fail() {
    throw new IllegalStateException("Kura's program for it failed");
  }

  @Override
  public @Nullable String getSerialNumber() {
    return serial.get();
  }

  @Override
  public @Nullable String getPrimaryMacAddress() {
    return mac.get();
  }

  @Override
  public String getKuraDataDirectory() {
    return data.toString();
  }
}
