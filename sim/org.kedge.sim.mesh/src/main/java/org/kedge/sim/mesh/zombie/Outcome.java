package org.kedge.sim.mesh.zombie;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How one fault went under one keeper. Spans count from the fault.
 *
 * @param found when the keeper told or noticed; empty if it did not within the window
 * @param called what it called the fault, kind and blame; empty if it has no name for it
 * @param again when traffic flowed steadily; zero if it never stopped, empty if it did not within the window
 * @param lost packets, of both families
 * @param remedies what the keeper says helped
 * @param restarts of babeld, tries that failed included
 * @param remains what is still wrong at the end though traffic may flow
 * @param note what else a reader has to know
 * @param journal what the keeper wrote meanwhile, a line each
 */
record Outcome(
    Optional<Duration> found,
    Optional<String> called,
    Optional<Duration> again,
    long lost,
    List<String> remedies,
    int restarts,
    Optional<String> remains,
    Optional<String> note,
    List<String> journal) {
  Outcome {
    journal = List.copyOf(journal);
    remedies = List.copyOf(remedies);
  }
}
