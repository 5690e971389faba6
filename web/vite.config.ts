import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  build: { target: 'es2023', sourcemap: false },
  // `npm run dev -w web` beside a running Fairway: pages from here, data from there.
  server: {
    proxy: {
      '/api': {
        target: 'http://127.0.0.1:4700',
        changeOrigin: true,
        headers: { origin: 'http://127.0.0.1:4700' },
      },
    },
  },
});
