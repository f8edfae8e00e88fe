/** What several tests of this module need: sample schemas and a model server that does as told. */
@NullMarked
package io.querytrail.generator.testkit;

import org.jspecify.annotations.NullMarked;
