package org.kedge.kura.internal.osgi;

import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import org.kedge.base.api.Figures;
import org.kedge.base.api.Gauge;
import org.kedge.kura.internal.core.Part;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** What of Kura is in use, from the parts of this bundle: one section of the snapshot. */
@Component
public final class KuraGauge implements Gauge {
  // A part that comes while this is being activated may be handed over twice.
  private final Set<Part> parts = new CopyOnWriteArraySet<>();

  @Activate
  public KuraGauge() {}

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void addPart(Part part) {
    parts.add(part);
  }

  void removePart(Part part) {
    parts.remove(part);
  }

  @Override
  public String section() {
    return "kura";
  }

  @Override
  public Figures figures() {
    var figures = Figures.builder();
    parts.forEach(part -> figures.all(part.figures()));
    return figures.build();
  }
}
