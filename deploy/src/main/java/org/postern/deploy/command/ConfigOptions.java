// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postern.core.config.ConfigException;
import org.postern.core.config.ConfigFile;
import org.postern.deploy.Postern;
import org.postern.deploy.config.PosternConfig;
import picocli.CommandLine.Option;

/// The options of every command that reads the configuration.
final class ConfigOptions {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = {
                "The configuration file. Without it the first of",
                "./postern.yaml, ./conf/postern.yaml,",
                "and conf/postern.yaml of the installation."
            })
    private @Nullable Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = {
                "Overrides a setting, for example",
                "--set farms.mx.deadline=30s or --set farms.mx.listen.0.port=0.",
                "May be given more than once."
            })
    private List<String> overrides = new ArrayList<>();

    PosternConfig read() {
        return Postern.configuration(file(), overrides);
    }

    /// Where relative paths of the configuration start.
    Path folder() {
        return ConfigFile.folderOf(file());
    }

    Path file() {
        if (file != null) {
            return file;
        }
        List<Path> candidates = new ArrayList<>(List.of(Path.of("postern.yaml"), Path.of("conf", "postern.yaml")));
        String home = System.getProperty("postern.home");
        if (home != null) {
            candidates.add(Path.of(home, "conf", "postern.yaml"));
        }
        return candidates.stream()
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new ConfigException(
                        "no configuration: name it with --config FILE, or make one with \"postern init\""));
    }
}
