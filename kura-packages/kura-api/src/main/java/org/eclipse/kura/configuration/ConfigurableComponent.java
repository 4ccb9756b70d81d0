package org.eclipse.kura.configuration;

/**
 * Kura's marker of a component that an operator configures. Kura tracks services by this name; the interface is empty.
 * Re-declared from facts for compiling; on a gateway Kura's own is used.
 */
public interface ConfigurableComponent {}
