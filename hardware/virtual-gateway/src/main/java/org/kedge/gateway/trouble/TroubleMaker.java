package org.kedge.gateway.trouble;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.kedge.care.api.CareListener;
import org.kedge.care.api.CareReport;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** A bundle that breaks Kedge from within, once a file says so, as a bug in a capability would. Alone in its jar. */
@SuppressWarnings("ModifiedButNotUsed") // to be held is all that its heap is for
public final class TroubleMaker implements BundleActivator, CareListener {
  private static final Path DEADLOCK = Path.of("/tmp/deadlock");
  private static final Path EAT_HEAP = Path.of("/tmp/eat-heap");
  private static final int BITE = 1 << 20;

  @Override
  public void start(BundleContext context) {
    var maker = new Thread(() -> make(context), "trouble-maker");
    maker.setDaemon(true);
    maker.start();
  }

  @Override
  public void stop(BundleContext context) {
    // The framework takes back the listener; a daemon thread holds nobody up.
  }

  private void make(BundleContext context) {
    var eaten = new ArrayList<byte[]>();
    var isListening = false;
    try {
      while (true) {
        if (Files.exists(DEADLOCK) && !isListening) {
          // A new listener is told at once, on care's lane.
          isListening = true;
          var unused = context.registerService(CareListener.class, this, null);
        }
        if (Files.exists(EAT_HEAP)) {
          eaten.add(new byte[BITE]);
        } else {
          TimeUnit.MILLISECONDS.sleep(500);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void changed(CareReport report) {
    while (Files.exists(DEADLOCK)) {
      LockSupport.park(this);
    }
  }
}
