package org.kedge.sim.village.logs;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.AbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** Gives what is logged at INFO and above to whoever reads; prints nothing. One village reads at a time. */
public final class LogBook implements ILoggerFactory {
  private final Map<String, Logger> loggers = new ConcurrentHashMap<>();
  private volatile Consumer<Entry> reader = entry -> {};

  /** @param writer simple name of the class that logged */
  public record Entry(Level level, String writer, String words) {}

  /** The book of this JVM. */
  public static LogBook open() {
    if (LoggerFactory.getILoggerFactory() instanceof LogBook book) {
      return book;
    }
    throw new IllegalStateException("Another logging library stands before the village's: "
        + LoggerFactory.getILoggerFactory());
  }

  /** Replaces the reader. */
  public void readBy(Consumer<Entry> next) {
    reader = next;
  }

  @Override
  public Logger getLogger(String name) {
    return loggers.computeIfAbsent(name, Pen::new);
  }

  private final class Pen extends AbstractLogger {
    private static final long serialVersionUID = 1;

    Pen(String name) {
      this.name = name;
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
      return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(
        Level level,
        @Nullable Marker marker,
        String pattern,
        Object @Nullable [] arguments,
        @Nullable Throwable thrown) {
      var words = MessageFormatter.basicArrayFormat(pattern, arguments);
      reader.accept(new Entry(
          level,
          name.substring(name.lastIndexOf('.') + 1),
          thrown == null ? words : words + " (" + thrown + ")"));
    }

    @Override
    public boolean isTraceEnabled() {
      return false;
    }

    @Override
    public boolean isTraceEnabled(Marker marker) {
      return false;
    }

    @Override
    public boolean isDebugEnabled() {
      return false;
    }

    @Override
    public boolean isDebugEnabled(Marker marker) {
      return false;
    }

    @Override
    public boolean isInfoEnabled() {
      return true;
    }

    @Override
    public boolean isInfoEnabled(Marker marker) {
      return true;
    }

    @Override
    public boolean isWarnEnabled() {
      return true;
    }

    @Override
    public boolean isWarnEnabled(Marker marker) {
      return true;
    }

    @Override
    public boolean isErrorEnabled() {
      return true;
    }

    @Override
    public boolean isErrorEnabled(Marker marker) {
      return true;
    }
  }
}
