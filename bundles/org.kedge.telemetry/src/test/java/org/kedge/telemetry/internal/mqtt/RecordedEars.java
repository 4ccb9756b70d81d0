package org.kedge.telemetry.internal.mqtt;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.kedge.telemetry.api.Uplink.Ears;

/** Keeps what it hears. */
final class RecordedEars implements Ears {
  final List<Long> confirmed = new CopyOnWriteArrayList<>();
  final List<String> lost = new CopyOnWriteArrayList<>();

  @Override
  public void confirmed(long ticket) {
    confirmed.add(ticket);
  }

  @Override
  public void lost(String why) {
    lost.add(why);
  }
}
