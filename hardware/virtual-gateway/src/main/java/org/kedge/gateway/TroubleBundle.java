package org.kedge.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.kedge.care.api.CareListener;
import org.kedge.gateway.trouble.TroubleMaker;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.Constants;

/** The jar of {@link TroubleMaker}, for the folder of bundles. */
final class TroubleBundle {
  private TroubleBundle() {}

  static void write(Path jar) throws IOException {
    var manifest = new Manifest();
    var head = manifest.getMainAttributes();
    head.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    head.putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
    head.putValue(Constants.BUNDLE_SYMBOLICNAME, TroubleMaker.class.getPackageName());
    head.putValue(Constants.BUNDLE_ACTIVATOR, TroubleMaker.class.getName());
    head.putValue(
        Constants.IMPORT_PACKAGE,
        BundleActivator.class.getPackageName() + "," + CareListener.class.getPackageName());
    var entry = TroubleMaker.class.getName().replace('.', '/') + ".class";
    try (var code = TroubleMaker.class.getResourceAsStream("/" + entry);
        var out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
      out.putNextEntry(new JarEntry(entry));
      Objects.requireNonNull(code, entry).transferTo(out);
      out.closeEntry();
    }
  }
}
