// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The pages of docs as a reader walks through them.
class DocsTest {
    private static final Path ROOT = Path.of(System.getProperty("postern.project.root", ".."));
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(
                            Stream.of(ROOT.resolve("README.md"), ROOT.resolve("CHANGELOG.md")),
                            docs.filter(file -> file.toString().endsWith(".md")))
                    .toList();
        }
    }

    /// As GitHub makes anchors of headings.
    private static List<String> anchors(Path page) throws IOException {
        return Files.readString(page)
                .lines()
                .filter(line -> line.matches("#+ .*"))
                .map(line -> line.replaceFirst("#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .toList();
    }

    @Test
    void everyPage_standsInTheListOfAllPages() throws IOException {
        Path docs = ROOT.resolve("docs");
        Path list = docs.resolve("README.md");
        Set<Path> listed = new TreeSet<>();
        LINK.matcher(Files.readString(list))
                .results()
                .forEach(link -> listed.add(list.resolveSibling(link.group(1)).normalize()));
        assertThat(pages())
                .map(Path::normalize)
                .filteredOn(page -> page.startsWith(docs.normalize()))
                .filteredOn(page -> !page.toString().contains("/adr/0") && !page.equals(list.normalize()))
                .isSubsetOf(listed);
    }

    @Test
    void everyMeter_standsOnItsPage_andNoOther() throws IOException {
        Pattern made =
                Pattern.compile("(?:counter|gauge|timer|summary|builder)\\(\\s*(?:\\w+,\\s*)?\"(postern\\.[a-z.]+)\"");
        Set<String> inCode = new TreeSet<>();
        for (String module : List.of("core", "smtp-front", "scan-workers", "delivery", "deploy")) {
            try (Stream<Path> sources = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                for (Path source : sources.filter(file -> file.toString().endsWith(".java"))
                        .toList()) {
                    made.matcher(Files.readString(source)).results().forEach(meter -> inCode.add(meter.group(1)));
                }
            }
        }
        Set<String> onThePage = new TreeSet<>();
        Pattern.compile("(?m)^\\| `(postern\\.[a-z.]+)`")
                .matcher(Files.readString(ROOT.resolve("docs/reference/meters.md")))
                .results()
                .forEach(meter -> onThePage.add(meter.group(1)));
        assertThat(onThePage).hasSizeGreaterThan(80).isEqualTo(inCode);
    }

    /// A method may be named by its beginning, as in `CrashIT.sigterm_…`.
    @Test
    void everyTestAndDialogueThatAPageNames_isThere() throws IOException {
        Map<String, String> files = new TreeMap<>();
        for (String module : List.of("core", "smtp-front", "scan-workers", "delivery", "deploy")) {
            try (Stream<Path> all = Files.walk(ROOT.resolve(module))) {
                for (Path file : all.filter(
                                each -> each.getFileName().toString().matches(".*(Test|IT|Contract)\\.java|.*\\.smtp"))
                        .toList()) {
                    files.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
                }
            }
        }
        Pattern named = Pattern.compile(
                "`([A-Z]\\w*[a-z](?:Test|IT|Contract)(?=[#.`])|[a-z-]+\\.smtp(?=`))(?:[#.](\\w+)\\W?`)?");
        Set<String> missing = new TreeSet<>();
        int found = 0;
        for (Path page : pages()) {
            for (MatchResult name :
                    named.matcher(Files.readString(page)).results().toList()) {
                found++;
                String text = files.get(name.group(1));
                if (text == null || (name.group(2) != null && !text.contains(" " + name.group(2)))) {
                    missing.add(ROOT.relativize(page) + ": " + name.group());
                }
            }
        }
        assertThat(found).isGreaterThan(100);
        assertThat(missing).isEmpty();
    }

    @Test
    void everyLink_leadsToAPageThatIsThere_andToOneOfItsHeadings() throws IOException {
        List<String> dead = new ArrayList<>();
        for (Path page : pages()) {
            Matcher links = LINK.matcher(Files.readString(page).replaceAll("(?s)```.*?```", ""));
            while (links.find()) {
                String[] link = links.group(1).split("#", 2);
                if (link[0].matches("[a-z]+:.*")) {
                    continue;
                }
                Path target = link[0].isEmpty() ? page : page.resolveSibling(link[0]);
                if (!Files.exists(target)
                        || (link.length == 2 && !anchors(target).contains(link[1]))) {
                    dead.add(ROOT.relativize(page) + ": " + links.group(1));
                }
            }
        }
        assertThat(dead).isEmpty();
    }
}
