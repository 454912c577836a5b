import { streamProperties } from '../../../test/support/streamProperties.ts';

streamProperties(30_000);
