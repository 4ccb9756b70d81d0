package org.kedge.babel.api;

/** A prefix this node announces (babeld's {@code xroute}). */
public record ExportedRoute(String prefix, String source, int metric) {}
