// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/// The rules of the modules: who may see whom, and where third-party types stop.
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(
                    "org.postern.core",
                    "org.postern.smtpfront",
                    "org.postern.scanworkers",
                    "org.postern.delivery",
                    "org.postern.deploy");

    private static void onlyIn(List<String> doors, String... thirdParty) {
        noClasses()
                .that()
                .resideOutsideOfPackages(doors.toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(thirdParty)
                .check(CLASSES);
    }

    @Test
    void leaves_seeOnlyCore() {
        String[] leaves = {"org.postern.smtpfront..", "org.postern.scanworkers..", "org.postern.delivery.."};
        for (String leaf : leaves) {
            for (String other : leaves) {
                if (!leaf.equals(other)) {
                    noClasses()
                            .that()
                            .resideInAPackage(leaf)
                            .should()
                            .dependOnClassesThat()
                            .resideInAPackage(other)
                            .check(CLASSES);
                }
            }
            noClasses()
                    .that()
                    .resideInAPackage(leaf)
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.postern.deploy..")
                    .check(CLASSES);
        }
        noClasses()
                .that()
                .resideInAPackage("org.postern.core..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.postern.smtpfront..",
                        "org.postern.scanworkers..",
                        "org.postern.delivery..",
                        "org.postern.deploy..")
                .check(CLASSES);
    }

    @Test
    void thirdParties_stopAtTheirDoor() {
        onlyIn(
                List.of("org.postern.smtpfront.."),
                "io.netty..",
                "org.apache.james.protocols..",
                "org.apache.james.core..");
        onlyIn(List.of("org.postern.scanworkers.clamav.."), "xyz.capybara..");
        onlyIn(List.of("org.postern.scanworkers.attachments.."), "org.apache.commons.compress..", "org.apache.tika..");
        onlyIn(List.of("org.postern.scanworkers.documents.."), "org.apache.pdfbox..", "com.google.zxing..");
        onlyIn(List.of("org.postern.scanworkers.urls.."), "org.jsoup..");
        onlyIn(List.of("org.postern.core.directory.ldap.."), "com.unboundid..");
        onlyIn(List.of("org.postern.core.dns.."), "org.xbill..");
        onlyIn(
                List.of("org.postern.core.sending.."),
                "io.github.bucket4j..",
                "redis.clients..",
                "org.apache.commons.pool2..");
        // Rule files are YAML of their own kind; the answers of rspamd are JSON, which YAML 1.2 contains.
        onlyIn(
                List.of(
                        "org.postern.core.config..",
                        "org.postern.core.json..",
                        "org.postern.scanworkers.rules..",
                        "org.postern.scanworkers.rspamd.."),
                "org.snakeyaml..");
        onlyIn(List.of("org.postern.deploy.."), "picocli..", "ch.qos.logback..", "io.micrometer.prometheusmetrics..");
    }

    @Test
    void queues_haveABound() {
        ArchRuleDefinition.classes()
                .should(new ArchCondition<JavaClass>("give every linked queue a capacity") {
                    @Override
                    public void check(JavaClass item, ConditionEvents events) {
                        for (JavaConstructorCall call : item.getConstructorCallsFromSelf()) {
                            boolean linked = call.getTargetOwner().isEquivalentTo(LinkedBlockingQueue.class)
                                    || call.getTargetOwner().isEquivalentTo(LinkedBlockingDeque.class);
                            if (linked
                                    && call.getTarget().getRawParameterTypes().isEmpty()) {
                                events.add(SimpleConditionEvent.violated(item, call.getDescription()));
                            }
                        }
                    }
                })
                .check(CLASSES);
    }

    @Test
    void packages_sayWhatTheyTrust() {
        Set<String> without = new TreeSet<>();
        CLASSES.stream()
                .map(JavaClass::getPackage)
                .distinct()
                .filter(each -> !each.getClasses().isEmpty())
                .filter(each -> each.tryGetPackageInfo().isEmpty())
                .forEach(each -> without.add(each.getName()));
        assertThat(without).as("packages without a package-info.java").isEmpty();
    }
}
