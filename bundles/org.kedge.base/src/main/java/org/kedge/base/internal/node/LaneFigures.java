package org.kedge.base.internal.node;

import java.util.List;
import org.kedge.base.api.Figures;
import org.kedge.base.api.LaneReading;

/** The lanes' part of the snapshot. */
public final class LaneFigures {
  private LaneFigures() {}

  public static Figures of(List<LaneReading> readings) {
    List<Figures> each = readings.stream()
        .map(lane -> Figures.builder()
            .text("lane", lane.lane())
            .count("queued", lane.queued())
            .count("capacity", lane.capacity())
            .count("refused", lane.refused())
            .count("thrown", lane.thrown())
            .seconds("busy", lane.busyFor())
            .build())
        .toList();
    return Figures.builder().list("lanes", each).build();
  }
}
