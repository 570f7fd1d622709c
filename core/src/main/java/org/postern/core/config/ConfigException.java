// SPDX-License-Identifier: Apache-2.0
package org.postern.core.config;

import java.util.List;

/// A configuration that cannot be used. The message has one line a problem, each saying where it is and what to do.
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    /// @param problems one or more lines, for example `postern.yaml:12: unknown setting "wieght"; did you mean
    /// "weight"?`
    public ConfigException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
    }

    /// One problem.
    public ConfigException(String problem) {
        this(List.of(problem));
    }

    /// Every problem that was found, a line each; one at least where the problems were given.
    public List<String> problems() {
        return problems;
    }
}
