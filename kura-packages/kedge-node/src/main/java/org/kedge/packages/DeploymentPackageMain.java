package org.kedge.packages;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** Writes a deployment package while Kedge is built. */
public final class DeploymentPackageMain {
  private DeploymentPackageMain() {}

  /**
   * @param args file, symbolic name, version as Maven has it, what it is, moment of its entries, and the jars of the bundles
   * @throws IllegalArgumentException with what is wrong with them; then no file is written
   */
  public static void main(String... args) throws IOException {
    var words = List.of(args);
    var fixed = words.subList(0, 5);
    var bundles = new ArrayList<PackedBundle>();
    for (var jar : words.subList(5, words.size())) {
      bundles.add(PackedBundle.of(Path.of(jar)));
    }
    var headers = new LinkedHashMap<String, String>();
    headers.put("DeploymentPackage-Vendor", "Kedge");
    headers.put("DeploymentPackage-Description", fixed.get(3));
    headers.put("DeploymentPackage-License", "Apache-2.0");
    new DeploymentPackage(
            fixed.get(1), osgi(fixed.get(2)), headers, bundles, Instant.parse(fixed.get(4)))
        .write(Path.of(fixed.get(0)));
  }

  /** 0.1.0-SNAPSHOT is 0.1.0.SNAPSHOT to a framework, as in the bundles themselves. */
  static String osgi(String version) {
    return version.replaceFirst("-", ".");
  }
}
