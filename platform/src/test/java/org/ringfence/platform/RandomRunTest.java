package org.ringfence.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Registry;
import org.ringfence.checker.check.Scene;
import org.ringfence.checker.random.Found;
import org.ringfence.checker.random.RandomRun;
import org.ringfence.checker.random.Stage;
import org.ringfence.machine.cca.CcaGuard;
import org.ringfence.machine.operation.Guard;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.pkvm.PkvmGuard;
import org.ringfence.machine.s390.UvGuard;
import org.ringfence.machine.sev.SevGuard;
import org.ringfence.machine.snp.SnpGuard;
import org.ringfence.machine.snp.firmware.FirmwareGuard;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.vocabulary.NoSuchOperation;
import org.ringfence.machine.vocabulary.Vocabulary;

public class RandomRunTest {
    /** What each pull request runs; the soak runs ten million. */
    private static final long BRIEF = 300_000;

    /** In how many operations a check that is missing is found, over all scenes of its platform. */
    private static final long SEARCH = 10 * BRIEF;

    static Stream<Platform> platforms() {
        return Registry.found().platforms().stream().filter(platform -> !platform.scenes().isEmpty());
    }

    static Stream<Arguments> stages() {
        return platforms().flatMap(platform -> platform.scenes().stream()
                .map(scene -> Arguments.of(platform.name(), scene.name(), platform, scene)));
    }

    private static Platform platform(String name) {
        return Registry.found().platform(name).orElseThrow();
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("stages")
    void everyOperationReadsBackFromItsText(String name, String title, Platform platform, Scene scene)
            throws NoSuchOperation {
        Stage stage = Stage.of(platform, scene, Guards.allOn());
        Vocabulary vocabulary = platform.vocabulary().on(scene.machine().geometry());
        for (Stage.Act act : stage.acts()) {
            String text = vocabulary.print(act.operation()).orElseThrow();
            assertThat(vocabulary.parse(text, act.actor().principal())).as(text).isEqualTo(act.operation());
            assertThat(act.form().name()).as(text).isNotBlank();
        }
    }

    @ParameterizedTest
    @MethodSource("platforms")
    void everyOperationOfTheVocabularyIsDrawnInSomeScene(Platform platform) {
        List<String> drawn = platform.scenes().stream()
                .flatMap(scene -> Stream.of(Stage.of(platform, scene, Guards.allOn()).acts()))
                .map(act -> act.form().type().getName())
                .distinct()
                .toList();
        assertThat(platform.vocabulary().forms())
                .filteredOn(form -> !form.drawing().isEmpty())
                .allMatch(form -> drawn.contains(form.type().getName()));
    }

    @ParameterizedTest
    @MethodSource("platforms")
    void nothingThatAnyoneDoesBreaksAnInvariant(Platform platform) {
        RandomRun.Outcome outcome = RandomRun.run(platform, Guards.allOn(), BRIEF, 7, done -> true);
        assertThat(outcome.found()).isNull();
        assertThat(outcome.operations()).isGreaterThanOrEqualTo(BRIEF);
    }

    @ParameterizedTest
    @MethodSource("platforms")
    void theSameSeedGivesTheSameRun(Platform platform) {
        RandomRun.Outcome once = RandomRun.run(platform, Guards.allOn(), 20_000, 3, done -> true);
        RandomRun.Outcome twice = RandomRun.run(platform, Guards.allOn(), 20_000, 3, done -> true);
        RandomRun.Outcome other = RandomRun.run(platform, Guards.allOn(), 20_000, 4, done -> true);
        assertThat(twice).isEqualTo(once);
        assertThat(other.operations() == once.operations() && other.seen().equals(once.seen())).isFalse();
    }

    static Stream<Arguments> seededBugs() {
        return Stream.of(
                Arguments.of("tdx", TdxGuard.AUG_FRAME_IS_FREE, Property.INJECTIVITY, 2),
                Arguments.of("tdx", TdxGuard.REMOVE_BLOCK_IS_TRACKED, Property.INJECTIVITY, 10),
                Arguments.of("tdx", TdxGuard.SEPT_REMOVE_TABLE_IS_EMPTY, Property.ACCOUNTING, 10),
                Arguments.of("tdx", TdxGuard.TD_IS_NOT_FATAL, Property.INTEGRITY, 10),
                Arguments.of("tdx", TdxGuard.OP_STATE_IS_ALLOWED, Property.FRESHNESS, 20),
                Arguments.of("tdx-module", TdxGuard.SYS_KEY_CONFIG_IS_PENDING, Property.ACCOUNTING, 8),
                Arguments.of("tdx-module", TdxGuard.SYS_INIT_IS_FIRST, Property.ACCOUNTING, 8),
                Arguments.of("tdx-module", TdxGuard.CONFIG_PAMT_IS_RESERVED, Property.ACCOUNTING, 6),
                Arguments.of("tdx-module", TdxGuard.MNG_CREATE_PAGE_IS_FREE, Property.ACCOUNTING, 20),
                Arguments.of("tdx-module", TdxGuard.MNG_CREATE_KEYID_IS_FREE, Property.ACCOUNTING, 20),
                Arguments.of("tdx-module", TdxGuard.MNG_ADDCX_KEYS_ARE_CONFIGURED, Property.ACCOUNTING, 20),
                Arguments.of("tdx-module", TdxGuard.RECLAIM_TDR_IS_LAST, Property.ACCOUNTING, 20),
                Arguments.of("tdx-module", TdxGuard.KOT_IS_NOT_LOCKED, Property.ACCOUNTING, 12),
                Arguments.of("tdx-module", TdxGuard.FREEID_CACHES_ARE_WRITTEN_BACK, Property.INTEGRITY, 12),
                Arguments.of("snp", SnpGuard.PRIVATE_FRAME_IS_GUESTS, Property.INTEGRITY, 14),
                Arguments.of("snp", SnpGuard.PRIVATE_PAGE_IS_VALIDATED, Property.INTEGRITY, 14),
                Arguments.of("snp", SnpGuard.PRIVATE_VMPL_IS_PERMITTED, Property.CONFIDENTIALITY, 12),
                Arguments.of("snp", SnpGuard.RMPUPDATE_DOES_NOT_OVERLAP, Property.ACCOUNTING, 2),
                Arguments.of("snp", SnpGuard.RMPUPDATE_IS_NOT_IMMUTABLE, Property.ACCOUNTING, 2),
                Arguments.of("snp", SnpGuard.RMPUPDATE_UNASSIGNED_IS_PLAIN, Property.ACCOUNTING, 1),
                Arguments.of("snp", SnpGuard.PVALIDATE_SIZES_AGREE, Property.ACCOUNTING, 6),
                Arguments.of("snp", SnpGuard.OPERAND_IS_NOT_INSIDE_2M, Property.ACCOUNTING, 6),
                Arguments.of("snp", SnpGuard.RMPADJUST_GIVES_WHAT_IT_HAS, Property.ACCOUNTING, 10),
                Arguments.of("snp", SnpGuard.RMPQUERY_TARGET_IS_NOT_HIGHER, Property.CONFIDENTIALITY, 6),
                Arguments.of("snp", SnpGuard.PRIVATE_SIZES_AGREE, Property.INTEGRITY, 6),
                Arguments.of("snp", SnpGuard.VMRUN_VMSA_IS_VALID, Property.INTEGRITY, 4),
                Arguments.of("snp", FirmwareGuard.PLATFORM_IS_INITIALISED, Property.ACCOUNTING, 4),
                Arguments.of("snp", FirmwareGuard.INIT_IS_CONFIGURED, Property.ACCOUNTING, 2),
                Arguments.of("snp", FirmwareGuard.ACTIVATE_ASID_HAS_NO_PAGES, Property.ACCOUNTING, 12),
                Arguments.of("snp", FirmwareGuard.LAUNCH_UPDATE_GUEST_IS_LAUNCHED, Property.INJECTIVITY, 8),
                Arguments.of("snp", FirmwareGuard.LAUNCH_UPDATE_PAGE_IS_GUESTS, Property.ACCOUNTING, 4),
                Arguments.of("snp", FirmwareGuard.SET_STATE_PAGES_ARE_FIRMWARES, Property.ACCOUNTING, 2),
                Arguments.of("cca", CcaGuard.DELEGATE_GRANULE_IS_NS, Property.ACCOUNTING, 1),
                Arguments.of("cca", CcaGuard.GRANULE_IS_WIPED_FOR_HOST, Property.CONFIDENTIALITY, 4),
                Arguments.of("cca", CcaGuard.DATA_CREATE_REALM_IS_NEW, Property.INTEGRITY, 6),
                Arguments.of("cca", CcaGuard.DATA_DESTROY_INVALIDATES, Property.INJECTIVITY, 3),
                Arguments.of("cca", CcaGuard.DATA_DESTROY_TELLS_THE_REALM, Property.FRESHNESS, 6),
                Arguments.of("cca", CcaGuard.REALM_CREATE_VMID_IS_FREE, Property.ACCOUNTING, 12),
                Arguments.of("cca", CcaGuard.RTT_FOLD_IS_CONTIGUOUS, Property.ACCOUNTING, 10),
                Arguments.of("cca", CcaGuard.SET_RIPAS_DESTROYED_STAYS, Property.INTEGRITY, 6),
                Arguments.of("cca", CcaGuard.SET_RIPAS_REC_IS_OF_REALM, Property.INTEGRITY, 12),
                Arguments.of("cca", CcaGuard.TLBI_IS_FOR_EVERY_PLANE, Property.INJECTIVITY, 4),
                Arguments.of("cca", CcaGuard.GPC_UNPROTECTED_ACCESS_IS_TO_NS, Property.FRESHNESS, 4),
                Arguments.of("pkvm", PkvmGuard.UNSHARE_HYP_IS_NOT_PINNED, Property.ACCOUNTING, 4),
                Arguments.of("pkvm", PkvmGuard.DONATE_GUEST_HAS_TABLES, Property.ACCOUNTING, 2),
                Arguments.of("pkvm", PkvmGuard.RELINQUISH_CLEARS, Property.CONFIDENTIALITY, 4),
                Arguments.of("pkvm", PkvmGuard.FORCED_RECLAIM_POISONS, Property.FRESHNESS, 4),
                Arguments.of("pkvm", PkvmGuard.TEARDOWN_RECLAIM_CLEARS, Property.CONFIDENTIALITY, 5),
                Arguments.of("s390", UvGuard.IMPORT_CONTENTS_ARE_EXPORTED, Property.INTEGRITY, 4),
                Arguments.of("s390", UvGuard.EXPORT_ENCRYPTS, Property.CONFIDENTIALITY, 3),
                Arguments.of("sev", SevGuard.INIT_PLATFORM_IS_UNINIT, Property.ACCOUNTING, 3),
                Arguments.of("sev", SevGuard.ACTIVATE_ASID_IS_FREE, Property.ACCOUNTING, 8),
                Arguments.of("sev", SevGuard.ACTIVATE_ASID_IS_CLEAN, Property.INTEGRITY, 12),
                Arguments.of("sev", SevGuard.DF_FLUSH_FOLLOWS_WBINVD, Property.INTEGRITY, 12),
                Arguments.of("sev", SevGuard.LAUNCH_UPDATE_GUEST_IS_LAUNCHED, Property.INTEGRITY, 12),
                Arguments.of("sev", SevGuard.DECOMMISSION_GUEST_IS_INACTIVE, Property.ACCOUNTING, 8),
                Arguments.of("sev", SevGuard.LAUNCH_FINISH_GUEST_IS_MEASURED, Property.INTEGRITY, 4));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("seededBugs")
    void aCheckThatIsMissingIsFoundAndShownByAHandfulOfOperations(
            String name, Guard missing, Property property, int operations) {
        RandomRun.Outcome outcome = RandomRun.run(platform(name), Guards.without(missing), SEARCH, 1, done -> true);
        Found found = Objects.requireNonNull(outcome.found(), "nothing broke");
        assertThat(found.property()).isEqualTo(property);
        assertThat(found.steps()).hasSizeLessThanOrEqualTo(operations);
    }

    @Test
    void whatIsFoundIsAsPlainAsItGets() {
        Found found = Objects.requireNonNull(
                RandomRun.run(platform("tdx"), Guards.without(TdxGuard.AUG_FRAME_IS_FREE), BRIEF, 5, done -> true)
                        .found());
        assertThat(found.scripts()).filteredOn(script -> !script.isEmpty()).singleElement()
                .satisfies(script -> assertThat(script).hasSize(2)
                        .allMatch(operation -> operation.startsWith("TDH.MEM.PAGE.AUG")
                                && operation.endsWith("frame=0")));
    }
}
