// SPDX-License-Identifier: Apache-2.0
package org.postern.core.config;

/// A part of the configuration whose record is known only later, such as the settings of an engine. It remembers
/// where it stands, so that its problems are reported with file and line like all others.
public interface ConfigSection {
    /// Reads the section into a record; throws [ConfigException] with all its problems at once.
    <C extends Record> C as(Class<C> settings);
}
